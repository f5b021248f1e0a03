"""The supervisor is killed at every write, sync, rename and send of its own, N = 1, 2, ..., and started again.

The run is the one of fixed_run.py, in which the orchestrator is killed once as well, so that a report, the tally and a
restart are among the points. Nobody helps but by starting the supervisor again: it waits for the orchestrator that was
left behind, never runs a second one, forgets no halt that it answered, repeats no epoch, and both sides' books agree.
(The orchestrator that it left behind drained, which cancels orders; so only a market that had been played before the
kill leads to the same money.)
"""

import contextlib
import os
import shutil
import signal
import unittest

import books
import fixed_run
import runs
import support

ROWS = int(os.environ.get("S1MPLE_KILL_ROWS", "12"))
WORKERS = int(os.environ.get("S1MPLE_KILL_WORKERS", "8"))   # most of a run waits for the one that was left behind
STEP = int(os.environ.get("S1MPLE_KILL_STEP", "1"))


class Run(fixed_run.FixedRun):
    def ask(self, method, params):
        if method == "reconcile" and "shot" not in self.done:
            self.done.add("shot")
            for pid in fixed_run.living(self.home):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.until(lambda now: max(self.epochs) > 1, "another orchestrator took over")
        return super().ask(method, params)


class SupervisorKillPoints(unittest.TestCase):
    maxDiff = None

    def test_a_supervisor_killed_anywhere_starts_again_without_help(self):
        with runs.Home() as work:
            self.work, self.csv = work, os.path.join(work, "AAAEUR.csv")
            fixed_run.write_market(self.csv, ROWS)
            self.played = None
            self.played = self.one_run("undisturbed", [0])[1]
            names = fixed_run.kill_everywhere(lambda point: self.one_run(f"at-{point}", [point])[0], WORKERS, STEP)
            self.assertGreater(names.total() * STEP, 60)
            self.assertGreaterEqual(set(names), {"write", "fsync", "rename", "send"})
            print(f"\n{names.total()} kill points of the supervisor {dict(names)}: halt, epochs and money hold at each",
                  flush=True)

    def one_run(self, name, plan):
        directory = os.path.join(self.work, name)
        os.mkdir(directory)
        run = Run(directory, self.csv, ROWS, ("supervisor", plan))
        try:
            run.go()
            after = run.books()
            books.check_settled(after, runs.INITIAL)
            run.check_told(after)
            support.wait_until(lambda: not fixed_run.living(run.home), 5, "no orchestrator is left")
            start, story = run.stories[0]
            self.assertGreater(len(story[0]), 3, "it hardly traded")
            if start == 1 and self.played:
                self.assertEqual(story, self.played)
            calls = run.calls_made()
        finally:
            run.cleanup()
        shutil.rmtree(directory)
        return calls, story


if __name__ == "__main__":
    unittest.main()
