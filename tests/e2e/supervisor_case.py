"""What the supervisor's end-to-end tests share: settings that make them quick, and the stand-in's records."""

import json
import os
import sys
import unittest

from support import RpcError, Supervisor

PROGRAMS = {}

# Short spans, so that a test of a ladder takes a second; the rules themselves are tested with the defaults.
FAST = """
[supervisor.restart]
backoff_base = "10ms"
backoff_cap = "20ms"
stable_after = "2s"
[supervisor.liveness]
ping_interval = "50ms"
startup_progress_timeout = "1s"
[supervisor.shutdown]
grace = "500ms"
term_wait = "300ms"
"""


class WithSupervisor(unittest.TestCase):
    def supervisor(self, plan="", config=FAST, home=None, env=None):
        variables = {"FAKE_PLAN": plan}
        variables.update(env or {})
        settings = f'[supervisor]\norchestrator = "{PROGRAMS["fake"]}"\n' + config
        supervisor = Supervisor(PROGRAMS["supervisor"], settings, home, variables)
        self.addCleanup(supervisor.cleanup)
        return supervisor

    def starts(self, supervisor):
        """(pid, attach) of each start."""
        path = os.path.join(supervisor.home, "fake-starts")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            pairs = [line.split(" ", 1) for line in file]
        for pid, _ in pairs:
            supervisor.seen.add(int(pid))
        return [(int(pid), json.loads(text)["params"]) for pid, text in pairs]

    def last_report(self, supervisor):
        item = supervisor.rpc("crashes", {"limit": 1})["items"][0]
        return supervisor.wait_until(lambda: self.report_or_none(supervisor, item["id"]), what="the report is written")

    @staticmethod
    def report_or_none(supervisor, report_id):
        try:
            return supervisor.rpc("crashes", {"id": report_id})
        except RpcError:
            return None


def main():
    """supervisor_..._test.py SUPERVISOR FAKE_ORCHESTRATOR [unittest arguments]"""
    PROGRAMS["supervisor"], PROGRAMS["fake"] = (os.path.abspath(path) for path in sys.argv[1:3])
    unittest.main(module="__main__", argv=sys.argv[:1] + sys.argv[3:])
