"""A replay of a real market's recorded day with twenty kills gives the same fills and money as one without."""

import os
import unittest

import books
import runs

CSV = os.path.join(runs.SHARED, "kraken", "vectors", "csv-trades-BCHEUR-2023-01-01.csv")
TREND = 'fast = 3\nslow = 8\nbar = "0s"\nquantity = "2"\nstop_distance = "0.003"\n'
GRID = 'levels = 3\nspacing = "0.001"\nquantity = "0.5"\nstart_levels = 2\nrecentre_after = "600s"\n'
KILLS = 20


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

            home, rows = os.path.join(work, "killed"), []
            for _ in range(KILLS):
                code, said = runs.run_to_end(config, home, kill_at=30 + total // KILLS)
                if code == 0:
                    break
                self.assertEqual(code, -9, said)
                now = books.read(runs.ORCHESTRATOR, home)
                books.check_always(now)
                rows.append(runs.market_row(now))
            code, said = runs.run_to_end(config, home, mode="recovery")
            self.assertEqual(code, 0, said)
            after = books.read(runs.ORCHESTRATOR, home)
            books.check_settled(after, runs.INITIAL)
            self.assertEqual(books.money_story(after), story)
            print(f"\nkilled at rows {rows}: {len(story[0])} fills, the same", flush=True)
            self.assertGreaterEqual(len(rows), 15)


if __name__ == "__main__":
    unittest.main()
