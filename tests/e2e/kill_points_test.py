"""The orchestrator is killed at every system call that changes something, N = 1, 2, ... until a run completes."""

import concurrent.futures
import itertools
import os
import unittest

import books
import runs

TREND = 'fast = 2\nslow = 4\nbar = "0s"\nquantity = "3"\nstop_distance = "0.004"\n'
GRID = 'levels = 3\nspacing = "0.002"\nquantity = "1"\nstart_levels = 1\nrecentre_after = "60s"\n'
ROWS = int(os.environ.get("S1MPLE_KILL_ROWS", "32"))
WORKERS = 4   # most of a short run is waiting for the disk
STEP = int(os.environ.get("S1MPLE_KILL_STEP", "1"))


def write_market(path, rows):
    """A price that swings through the grid and across the averages, with equal times as in real files."""
    with open(path, "w") as out:
        price, second = 100_00, 1_700_000_000
        for row in range(rows):
            price += (37, -12, 55, -71, 24, -9, -43, 31)[row % 8] * (1 if (row // 12) % 2 == 0 else -1)
            second += (0, 1, 20, 0, 3)[row % 5]
            out.write(f"{second},{price // 100}.{price % 100:02d},{1 + row % 3}.5\n")


class KillPoints(unittest.TestCase):
    maxDiff = None

    def test_every_kill_point_leads_to_the_same_fills_and_money(self):
        with runs.Home() as work:
            csv = os.path.join(work, "AAAEUR.csv")
            write_market(csv, ROWS)
            config = runs.replay_config(work, csv, "AAA/EUR", TREND, GRID)
            undisturbed = os.path.join(work, "undisturbed")
            code, said = runs.run_to_end(config, undisturbed)
            self.assertEqual(code, 0, said)
            reference = books.read(runs.ORCHESTRATOR, undisturbed)
            books.check_settled(reference, runs.INITIAL)
            story = books.money_story(reference)
            self.assertGreater(len(story[0]), 8, "the market is too quiet to prove anything")

            killed = 0
            with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
                for batch in itertools.count():
                    points = [1 + STEP * (batch * WORKERS + i) for i in range(WORKERS)]
                    outcomes = list(pool.map(lambda point: self.kill_and_go_on(config, work, point, story), points))
                    killed += sum(outcomes)
                    if not all(outcomes):
                        break
            self.assertGreater(killed * STEP, 100)
            print(f"\n{killed} kill points, {len(story[0])} fills: the same fills and money at each", flush=True)

    def kill_and_go_on(self, config, work, point, story):
        """True when the run was killed at this point; False when it completed before."""
        home = os.path.join(work, f"at-{point}")
        code, said = runs.run_to_end(config, home, kill_at=point)
        if code == 0:
            return False
        self.assertEqual(code, -9, f"kill point {point}: {said}")
        try:
            self.go_on(config, home, story)
        except Exception as failure:
            raise AssertionError(f"kill point {point}: {failure}") from failure
        return True

    def go_on(self, config, home, story):
        if os.path.exists(os.path.join(home, "state", "paper", "state.json")) and \
                os.path.exists(os.path.join(home, "state", "state.json")):
            books.check_always(books.read(runs.ORCHESTRATOR, home))
        code, said = runs.run_to_end(config, home, mode="recovery")
        self.assertEqual(code, 0, said)
        after = books.read(runs.ORCHESTRATOR, home)
        books.check_settled(after, runs.INITIAL)
        self.assertTrue(after.ours["clean_stop"])
        self.assertEqual(books.money_story(after), story)
        runs.shutil.rmtree(home)


if __name__ == "__main__":
    unittest.main()
