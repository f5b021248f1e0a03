"""The orchestrator is killed under its supervisor at every write, sync, rename and send, N = 1, 2, ...

Each run is the one of fixed_run.py, with the first orchestrator killed at its N-th call and, so that recovery is killed
too, the second one at a call that moves with N. Whatever the point, the market leads to the same fills and money, both
sides' books agree, and what operators were told holds.
"""

import collections
import os
import shutil
import unittest

import books
import fixed_run
import runs

ROWS = int(os.environ.get("S1MPLE_KILL_ROWS", "16"))
WORKERS = int(os.environ.get("S1MPLE_KILL_WORKERS", "4"))
STEP = int(os.environ.get("S1MPLE_KILL_STEP", "1"))
SECOND = 97   # the second orchestrator is killed at one of so many first calls: all of its recovery, and beyond


class KillPoints(unittest.TestCase):
    maxDiff = None

    def test_every_kill_point_leads_to_the_same_fills_and_money(self):
        with runs.Home() as work:
            self.work, self.csv = work, os.path.join(work, "AAAEUR.csv")
            fixed_run.write_market(self.csv, ROWS)
            self.played, self.story = self.one_run("undisturbed", ("orchestrator", [0]))[1]
            for strategy in ("trend", "grid"):
                sides = collections.Counter(fill[3] for fill in self.played[0] if fill[1] == strategy)
                self.assertGreater(min(sides["buy"], sides["sell"]), 1, f"{strategy} hardly traded")
            self.assertGreater(len(self.story[0]), len(self.played[0]), "flatten sold nothing")

            names = fixed_run.kill_everywhere(self.kill_at, WORKERS, STEP)
            self.assertGreater(names.total() * STEP, 300)
            self.assertGreaterEqual(set(names), {"pwrite", "fdatasync", "fsync", "rename", "send"})
            print(f"\n{names.total()} kill points {dict(names)}, {len(self.story[0])} fills: the same at each", flush=True)

    def kill_at(self, point):
        calls, stories = self.one_run(f"at-{point}", ("orchestrator", [point, 1 + point % SECOND]))
        if any(call.endswith("killed") for call in calls):
            self.assertEqual(stories, (self.played, self.story))
        return calls

    def one_run(self, name, kill):
        """The calls that were counted, and the money as it was when the market had ended, and at the end."""
        directory = os.path.join(self.work, name)
        os.mkdir(directory)
        run = fixed_run.FixedRun(directory, self.csv, ROWS, kill)
        try:
            run.go()
            after = run.books()
            books.check_settled(after, runs.INITIAL)
            run.check_told(after)
            stories = run.stories[0][1], books.money_story(after)
            calls = run.calls_made()
        finally:
            run.cleanup()
        shutil.rmtree(directory)
        return calls, stories


if __name__ == "__main__":
    unittest.main()
