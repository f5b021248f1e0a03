"""A replay of a recorded day with twenty kills, a twentieth of its rows apart, gives the same fills and money as one without."""

import os
import shutil
import unittest

import books
import runs

CSV = os.path.join(runs.SHARED, "kraken", "vectors", "csv-trades-BCHEUR-2023-01-01.csv")
TREND = 'fast = 3\nslow = 8\nbar = "0s"\nquantity = "2"\nstop_distance = "0.003"\n'
GRID = 'levels = 3\nspacing = "0.001"\nquantity = "0.5"\nstart_levels = 2\nrecentre_after = "600s"\n'
KILLS = 20
NEAR = 2   # rows: one record may hold several


class ReplayKills(unittest.TestCase):
    def test_a_replay_with_twenty_kills_equals_one_without(self):
        if not os.path.exists(CSV):
            self.skipTest(f"no {CSV}: the recorded market is not part of this repository")
        with runs.Home() as work:
            config = runs.replay_config(work, CSV, "BCH/EUR", TREND, GRID)
            undisturbed = os.path.join(work, "undisturbed")
            calls = os.path.join(work, "calls")
            code, said = runs.run_to_end(config, undisturbed, kill_at=10**9, log=calls)
            self.assertEqual(code, 0, said)
            reference = books.read(runs.ORCHESTRATOR, undisturbed)
            books.check_settled(reference, runs.INITIAL)
            story = books.money_story(reference)
            for strategy in ("trend", "grid"):
                self.assertGreater(sum(1 for fill in story[0] if fill[1] == strategy), 3, f"{strategy} hardly traded")
            with open(calls, encoding="utf-8") as lines:
                total = sum(1 for _ in lines)

            self.config, self.home, rows = config, os.path.join(work, "killed"), []
            for number in range(1, KILLS + 1):
                rows.append(self.kill_before(number * runs.market_row(reference) // (KILLS + 1), total))
            home = self.home
            code, said = runs.run_to_end(config, home, mode="recovery")
            self.assertEqual(code, 0, said)
            after = books.read(runs.ORCHESTRATOR, home)
            books.check_settled(after, runs.INITIAL)
            self.assertTrue(after.ours["clean_stop"])
            self.assertEqual(books.money_story(after), story)
            print(f"\nkilled at rows {rows} of {runs.market_row(reference)}: {len(story[0])} fills, the same", flush=True)
            self.assertEqual(rows, sorted(rows))
            self.assertGreater(len(set(rows)), KILLS * 3 // 4, "the kills did not fall all over the market")

    def kill_before(self, row, most_calls):
        """Goes on from the home as it is and kills within NEAR rows of `row`: the call to kill at is found by halving."""
        before = self.home + "-before"
        if os.path.exists(self.home):
            shutil.copytree(self.home, before)
        low, high = 1, most_calls
        while True:
            middle = (low + high) // 2
            code, said = runs.run_to_end(self.config, self.home, kill_at=middle)
            self.assertIn(code, (0, -9), said)
            now = None
            if code == -9 and os.path.exists(os.path.join(self.home, "state", "paper", "state.json")):
                now = books.read(runs.ORCHESTRATOR, self.home)
                books.check_always(now)
            seen = runs.market_row(now) if now else 0
            if now and abs(seen - row) <= NEAR or high - low < 2:
                shutil.rmtree(before, ignore_errors=True)
                return seen
            low, high = (low, middle) if code == 0 or seen > row else (middle, high)
            shutil.rmtree(self.home)
            if os.path.exists(before):
                shutil.copytree(before, self.home)


if __name__ == "__main__":
    unittest.main()
