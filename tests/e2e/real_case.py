"""What the end-to-end tests of both real programs share: a busy paper configuration, a system, the operator's client.

A system is a supervisor with its orchestrator on a home of its own. Several may live at once: `together` runs one
function for each in threads, because most of their time is waiting.
"""

import concurrent.futures
import json
import os
import subprocess
import tempfile
import unittest

import books
import runs
import support

TREND = 'fast = 3\nslow = 9\nbar = "0s"\nquantity = "0.01"\nstop_distance = "0.002"\n'
GRID = 'levels = 3\nspacing = "0.0005"\nquantity = "0.005"\nstart_levels = 2\nrecentre_after = "2s"\n'
LIMIT = 60   # seconds; only a failing test ever waits so long
# A machine that is busy for a second is no hang; what is told of hangs has a table of its own.
CALM = '[supervisor.liveness]\nlost_pings = 100\nstartup_progress_timeout = "10m"\n'


def together(function, *lists):
    """[function(...) for each], at the same time; the first failure is raised when all have ended."""
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        futures = [pool.submit(function, *items) for items in zip(*lists)]
    return [future.result() for future in futures]


class System(support.Supervisor):
    """A real supervisor with the real orchestrator on a home of its own."""

    def __init__(self, extra="", synthetic="", rows_per_s=60, home=None, env=None, strategies=True,
                 trend=TREND):
        calm = "" if "[supervisor.liveness]" in extra else CALM
        text = runs.synthetic_text(trend, GRID, rows_per_s, extra + calm, synthetic, strategies)
        super().__init__(runs.SUPERVISOR, text, home, env)

        self.books = os.path.join(self.home, "state")
        self.exchange = os.path.join(self.home, "state", "paper")

    def ask(self, *words, timeout=LIMIT):
        """The operator's client; what it printed and its exit code."""
        return subprocess.run([runs.SUPERVISOR, *words, "--home", self.home], env=self.env, capture_output=True, text=True,
                              timeout=timeout, check=False)

    def ask_json(self, *words):
        done = self.ask(*words, "--json")
        if done.returncode != 0:
            raise AssertionError(f"{words}: exit {done.returncode}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def wait_for(self, predicate, what):
        """The first orchestrator object of `status` for which predicate(it) is true."""
        def look():
            one = self.status()["orchestrator"]
            return one if one and one.get("as_of") and predicate(one) else None
        return self.wait_until(look, LIMIT, what)

    def wait_trading(self, fills=1, since=None):
        """Running, reconciled and with so many fills; `since`: in another process than this pid."""
        return self.wait_for(lambda one: one["pid"] != since and one["phase"] == "running" and one["fills"] >= fills,
                             f"it trades, with {fills} fills")

    def wait_dead(self, pid):
        support.wait_until(lambda: not support.is_alive(pid), LIMIT, f"process {pid} has ended")

    def inspect(self):
        return books.read(runs.ORCHESTRATOR, self.home)


class RealCase(unittest.TestCase):
    def system(self, *arguments, **named):
        system = System(*arguments, **named)
        self.addCleanup(system.cleanup)
        return system

    def directory(self):
        directory = tempfile.TemporaryDirectory(prefix="s1mple-e2e-")
        self.addCleanup(directory.cleanup)
        return directory.name

    def gate(self):
        """A program that becomes the orchestrator, unless a file `exit` beside it names the code to end with instead."""
        directory = self.directory()
        path = os.path.join(directory, "gate")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\n[ -e {directory}/exit ] && [ "$1" = run ] && exit $(cat {directory}/exit)\n'
                       f'exec {runs.ORCHESTRATOR} "$@"\n')
        os.chmod(path, 0o755)
        return path

    def assert_clean_stop(self, system, pid):
        """Both programs have ended in order, and both stores say so."""
        self.assertFalse(support.is_alive(pid), "the orchestrator outlived its supervisor")
        self.assertFalse(os.path.exists(system.socket_path))
        for directory in (system.books, system.exchange):
            self.assertNotIn("state.json.journal", os.listdir(directory))
        after = system.inspect()
        self.assertTrue(after.ours["clean_stop"])
        self.assertTrue(after.theirs["clean_stop"])
        return after

    def assert_nothing_lost(self, before, after):
        """What both sides' books held is still held: each fill as it was, each order at least as far."""
        for was, became in ((before.ours, after.ours), (before.theirs, after.theirs)):
            fills = {books.fill_key(fill) for fill in became["state"]["fills"]}
            self.assertLessEqual({books.fill_key(fill) for fill in was["state"]["fills"]}, fills)
            orders = {order["client_id"]: order for order in became["state"]["orders"]}
            for order in was["state"]["orders"]:
                later = orders[order["client_id"]]
                for name in ("symbol", "side", "type", "price", "quantity"):
                    self.assertEqual(later[name], order[name])
                self.assertGreaterEqual(books.Decimal(later["filled"]), books.Decimal(order["filled"]))


def main():
    unittest.main(module="__main__")
