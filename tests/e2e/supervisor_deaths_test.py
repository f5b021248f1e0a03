"""Every way for an orchestrator to end or to hang: what the supervisor makes of it, and what its report says.

Run: supervisor_deaths_test.py SUPERVISOR FAKE_ORCHESTRATOR [unittest arguments]
"""

import os
import shutil
import signal
import subprocess
import tempfile

from support import wait_until
from supervisor_case import FAST, PROGRAMS, WithSupervisor, main

# (what the first run does; cause, exit code, signal, ready and words of `why` in its report). The second run is well.
ENDS = [
    ("signal=11", "signal", None, "SIGSEGV", False, "signal 11"),
    ("kill=11", "signal", None, "SIGSEGV", True, "signal 11"),
    ("signal=6", "signal", None, "SIGABRT", False, "signal 6"),
    ("kill=6", "signal", None, "SIGABRT", True, "signal 6"),
    ("kill=7", "signal", None, "SIGBUS", True, "signal 7"),
    ("kill=8", "signal", None, "SIGFPE", True, "signal 8"),
    ("kill=9", "signal", None, "SIGKILL", True, "signal 9"),
    ("hungry", "signal", None, "SIGABRT", True, "signal 6"),
    ("deadlock", "hang", None, "SIGABRT", True, "no answer to 4 pings"),
    ("spin", "hang", None, "SIGABRT", True, "no answer to 4 pings"),
    ("stop", "hang", None, "SIGKILL", True, "stopped"),
    ("stuck", "hang", None, "SIGABRT", False, "no progress"),
    ("mute", "hang", None, "SIGABRT", False, "no progress"),
    ("close", "hang", None, "SIGABRT", True, "closed its link"),
] + [(f"exit={code}", "exit", code, None, False, f"exit {code}") for code in (0, 1, 2, 63, 69, 70)] + [
    (f"die={code}", "exit", code, None, True, f"exit {code}") for code in (0, 1, 70)]

PARKING = (64, 65, 67)

# For what ends by itself: however slow the machine is, it is not taken for hung before.
PATIENT = FAST.replace('"50ms"', '"1s"').replace('startup_progress_timeout = "1s"', 'startup_progress_timeout = "1m"')


class Ends(WithSupervisor):
    def test_each_end_is_followed_by_a_start_and_told_as_it_was(self):
        for plan, cause, code, sign, ready, why in ENDS:
            with self.subTest(plan=plan):
                supervisor = self.supervisor(plan + ";", FAST if cause == "hang" else PATIENT).start()
                supervisor.wait_until(lambda: supervisor.restarts() == 1 and supervisor.state() == "running", 30, "it runs again")
                report = self.last_report(supervisor)
                summary = report["summary"]
                self.assertEqual((summary["cause"], summary["exit_code"], summary["signal"], summary["ready"]),
                                 (cause, code, sign, ready))
                self.assertIn(why, summary["why"])
                self.assertGreater(report["usage"]["max_rss_bytes"], 0)
                self.assertEqual(bool(report["evidence"]), cause == "hang")
                (first, _), (second, attach) = self.starts(supervisor)
                self.assertEqual((summary["pid"], attach["previous"]["pid"]), (first, first))
                self.assertEqual((attach["mode"], attach["cause"]), ("recovery", cause))
                self.assertNotEqual(first, second)
                self.assertEqual(supervisor.stop(), 0)

    def test_codes_that_only_a_person_can_change_park_with_a_report(self):
        for code in PARKING:
            with self.subTest(code=code):
                supervisor = self.supervisor(f"die={code};", PATIENT).start()
                supervisor.wait_state("parked")
                self.assertEqual(self.last_report(supervisor)["summary"]["exit_code"], code)

    def test_a_long_recovery_that_makes_progress_is_no_hang(self):
        supervisor = self.supervisor("slow=30").start()   # thrice the time that it may be without any
        supervisor.wait_state("running", 60)
        self.assertEqual(supervisor.restarts(), 0)

    def test_the_end_of_a_flood_is_in_the_report(self):
        supervisor = self.supervisor("flood;", config="").start()
        supervisor.wait_state("running")
        supervisor.wait_until(lambda: not supervisor.saved()["tally"]["reserved"], what="the run is stable")
        os.kill(supervisor.pid(), signal.SIGKILL)
        supervisor.wait_until(lambda: supervisor.restarts() == 1, what="it is restarted")
        self.assertEqual(len(self.last_report(supervisor)["output_tail"]), 64 * 1024)


class Reports(WithSupervisor):
    def test_every_other_exit_code_up_to_70_is_a_death_with_its_report(self):
        codes = [code for code in range(71) if code not in PARKING + (66, 68)]
        plan = ";".join(f"exit={code}" for code in codes) + ";"
        supervisor = self.supervisor(plan, PATIENT.replace("backoff_base", "safe_after = 100\nbackoff_base")).start()
        supervisor.wait_until(lambda: supervisor.restarts() == len(codes) and supervisor.state() == "running", 60, "the last one runs")
        items = supervisor.rpc("crashes", {"limit": 100})["items"]
        kept = len(items)
        self.assertGreaterEqual(kept, 20)   # a bounded number is kept
        self.assertEqual([(item["cause"], item["exit_code"]) for item in reversed(items)], [("exit", code) for code in codes[-kept:]])

    def test_a_failed_store_and_a_held_lock_have_their_reports(self):
        for code, why in ((66, "exit 66 (store_failed)"), (68, "exit 68 (lock_held)")):
            with self.subTest(code=code):
                supervisor = self.supervisor(f"exit={code};", PATIENT).start()
                supervisor.wait_until(lambda: supervisor.restarts() == 1 and supervisor.state() == "running", 30, "it runs again")
                summary = self.last_report(supervisor)["summary"]
                self.assertEqual((summary["exit_code"], summary["counted"]), (code, False))
                self.assertIn(why, summary["why"])

    def test_one_that_dies_while_its_lock_is_still_held_is_reported_and_followed_when_it_is_free(self):
        supervisor = self.supervisor("lock_child exit=70;", PATIENT).start()
        supervisor.wait_state("waiting_for_lock")
        self.assertEqual(self.last_report(supervisor)["summary"]["exit_code"], 70)
        supervisor.wait_until(lambda: "lock_held" in {a["code"] for a in supervisor.rpc("alerts")["items"]}, 30, "it is told")
        with open(os.path.join(supervisor.home, "release"), "w", encoding="utf-8"):
            pass
        supervisor.wait_state("running")

    def test_one_of_another_link_version_is_reported_and_parked(self):
        supervisor = self.supervisor("version", PATIENT).start()
        supervisor.wait_state("parked")
        self.assertIn("does not fit", self.last_report(supervisor)["summary"]["why"])

    def test_one_that_ignores_every_request_is_killed_and_reported(self):
        supervisor = self.supervisor("deaf;", PATIENT).start()
        supervisor.wait_state("running")
        pid = supervisor.pid()
        supervisor.rpc("restart")
        supervisor.wait_new_pid(pid)
        summary = self.last_report(supervisor)["summary"]
        self.assertEqual((summary["pid"], summary["cause"], summary["counted"]), (pid, "restart", False))
        self.assertIn(summary["signal"], ("SIGABRT", "SIGKILL"))

    def test_a_traced_one_is_ended_with_its_report_when_the_debuggers_time_is_over(self):
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        supervisor = self.supervisor(";", FAST.replace("[supervisor.liveness]", '[supervisor.liveness]\ndebugger_grace = "500ms"')).start()
        supervisor.wait_state("running")
        pid = supervisor.pid()
        tracer = subprocess.Popen(["strace", "-qq", "-p", str(pid), "-o", "/dev/null"], stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (tracer.kill(), tracer.wait()))
        def traced():
            with open(f"/proc/{pid}/status", encoding="utf-8") as file:
                return "TracerPid:\t0\n" not in file.read()
        wait_until(traced, what="strace is attached")
        os.kill(pid, signal.SIGSTOP)
        supervisor.wait_new_pid(pid)
        summary = self.last_report(supervisor)["summary"]
        self.assertEqual((summary["pid"], summary["cause"]), (pid, "hang"))
        self.assertIn("traced", summary["why"])
        self.assertIn("traced", {a["code"] for a in supervisor.rpc("alerts")["items"]})


class Programs(WithSupervisor):
    def assert_comes_back(self, spoil, restore):
        """A program that cannot be started while it should be, and can again later."""
        directory = tempfile.mkdtemp(prefix="s1mple-e2e-")
        self.addCleanup(shutil.rmtree, directory, True)
        program = os.path.join(directory, "orchestrator")
        shutil.copy(PROGRAMS["fake"], program)
        supervisor = self.supervisor("idle", FAST.replace("backoff_base", "safe_after = 100\nbackoff_base"))
        with open(supervisor.config_path, encoding="utf-8") as file:
            text = file.read().replace(PROGRAMS["fake"], program)
        with open(supervisor.config_path, "w", encoding="utf-8") as file:
            file.write(text)
        supervisor.start()
        supervisor.wait_state("running")
        pid = supervisor.pid()
        spoil(program)
        os.kill(pid, signal.SIGKILL)
        supervisor.wait_until(lambda: supervisor.restarts() >= 2, what="starts fail")
        self.assertIn("cannot be started", self.last_report(supervisor)["summary"]["why"])
        restore(program)
        supervisor.wait_new_pid(pid)

    def test_a_program_that_is_gone_is_tried_again_and_each_failure_told(self):
        self.assert_comes_back(lambda program: os.rename(program, program + ".away"),
                               lambda program: os.rename(program + ".away", program))

    def test_a_program_that_must_not_be_run_is_tried_again_and_each_failure_told(self):
        self.assert_comes_back(lambda program: os.chmod(program, 0o644), lambda program: os.chmod(program, 0o755))

    def test_a_program_that_is_no_program_is_tried_again_and_each_failure_told(self):
        def spoil(program):
            os.rename(program, program + ".away")
            with open(program, "w", encoding="utf-8") as file:
                file.write("no program\n")
            os.chmod(program, 0o755)
        self.assert_comes_back(spoil, lambda program: os.rename(program + ".away", program))


if __name__ == "__main__":
    main()
