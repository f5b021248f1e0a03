"""How the supervisor starts, watches, restarts and ends real processes, with the stand-in of fake_orchestrator.cc.

Run: supervisor_life_test.py SUPERVISOR FAKE_ORCHESTRATOR [unittest arguments]
"""

import os
import signal
import socket
import subprocess
import tempfile
import time

from support import RpcError, is_alive, wait_until
from supervisor_case import FAST, PROGRAMS, WithSupervisor, main


class Restarts(WithSupervisor):
    def test_a_killed_orchestrator_is_started_again_in_recovery_and_told_why(self):
        supervisor = self.supervisor().start()
        supervisor.wait_state("running")
        pid = supervisor.pid()
        supervisor.wait_until(lambda: not supervisor.saved()["tally"]["reserved"], what="the run is stable")
        os.kill(pid, signal.SIGKILL)
        supervisor.wait_new_pid(pid)
        first, second = self.starts(supervisor)
        self.assertEqual(first[1]["mode"], "normal")
        self.assertEqual(second[1]["mode"], "recovery")
        self.assertEqual(second[1]["cause"], "signal")
        self.assertEqual(second[1]["previous"]["pid"], pid)
        self.assertEqual(second[1]["previous"]["signal"], "SIGKILL")
        self.assertEqual(second[1]["mirror_epoch"], 7)
        last = supervisor.status()["supervisor"]["restarts"]["last"]
        self.assertEqual((last["cause"], last["signal"], last["exit_code"]), ("signal", "SIGKILL", None))
        self.assertLess(last["downtime_ms"], 2000)

    def test_a_crash_loop_leads_to_safe_and_then_to_parked_and_clear_leads_back(self):
        supervisor = self.supervisor("signal=11;signal=11;signal=11;signal=11;signal=11;signal=11;signal=11;signal=11;").start()
        supervisor.wait_state("parked")
        starts = self.starts(supervisor)
        self.assertEqual([attach["mode"] for _, attach in starts], ["normal"] + ["recovery"] * 4 + ["safe"] * 3)
        with self.assertRaises(RpcError) as refused:
            supervisor.rpc("restart")
        self.assertEqual(refused.exception.code, -32003)
        self.assertEqual(refused.exception.data["help"], "s1mple clear")
        with self.assertRaises(RpcError) as nobody:
            supervisor.rpc("orders")
        self.assertEqual(nobody.exception.code, -32002)
        codes = {alert["code"] for alert in supervisor.rpc("alerts")["items"]}
        self.assertLessEqual({"safe_mode", "parked", "orchestrator_died"}, codes)
        self.assertEqual(supervisor.rpc("clear"), {"from": "parked", "to": "safe"})
        supervisor.wait_state("safe_mode")
        self.assertEqual(supervisor.rpc("clear"), {"from": "safe", "to": "recovery"})
        supervisor.wait_state("running")
        self.assertEqual(supervisor.stop(), 0)

    def test_parked_with_on_park_cancel_the_orders_that_add_risk_are_cancelled(self):
        for code, alert in (("0", "cancelled_all"), ("70", "cancel_all_failed")):
            with self.subTest(code=code):
                config = FAST.replace("[supervisor.restart]", '[supervisor.restart]\non_park = "cancel"')
                supervisor = self.supervisor("exit=65", config, env={"FAKE_CANCEL": code}).start()
                supervisor.wait_state("parked")
                supervisor.wait_until(lambda: any(a["code"] == alert and "2 orders cancelled" in a["text"]
                                                  for a in supervisor.rpc("alerts")["items"]), what=alert)
                self.assertEqual(supervisor.stop(), 0)

    def test_parked_outlives_the_supervisor(self):
        supervisor = self.supervisor("exit=65").start()
        supervisor.wait_state("parked")
        supervisor.wait_until(lambda: supervisor.saved()["tally"]["step"] == "parked", what="it is saved")
        supervisor.kill()
        supervisor.start()
        self.assertEqual(supervisor.state(), "parked")
        self.assertEqual(len(self.starts(supervisor)), 1)

    def test_exit_codes_lead_where_the_protocol_says(self):
        for code, state in ((64, "parked"), (65, "parked"), (67, "parked"), (70, "running"), (69, "running")):
            with self.subTest(code=code):
                supervisor = self.supervisor(f"exit={code};").start()
                supervisor.wait_state(state)
                report = self.last_report(supervisor)
                self.assertEqual(report["summary"]["exit_code"], code)
                self.assertIn("last words", report["output_tail"])
                self.assertEqual(report["bye"], "as planned")
                self.assertEqual(supervisor.stop(), 0)

    def test_after_a_failed_store_the_next_start_is_halted_until_resume(self):
        supervisor = self.supervisor("exit=66;").start()
        supervisor.wait_state("running")
        attach = self.starts(supervisor)[1][1]
        self.assertTrue(attach["halted"])
        self.assertTrue(attach["after_store_failed"])
        self.assertTrue(supervisor.status()["supervisor"]["halted"])
        self.assertEqual(supervisor.rpc("resume", {"reason": "disk replaced"}), {"halted": False})
        self.assertFalse(supervisor.saved()["halt"]["halted"])

    def test_a_program_that_cannot_be_started_is_refused_before_anything(self):
        supervisor = self.supervisor()
        with open(supervisor.config_path, "w", encoding="utf-8") as file:
            file.write('[supervisor]\norchestrator = "/bin/nonexistent"\n')
        self.assertEqual(supervisor.spawn().wait_exit(), 64)
        self.assertFalse(os.path.exists(os.path.join(supervisor.home, "LOCK")))

    def test_a_link_version_that_does_not_fit_parks(self):
        supervisor = self.supervisor("version").start()
        supervisor.wait_state("parked")
        self.assertIn("does not fit", supervisor.status()["supervisor"]["reason"])


class Hangs(WithSupervisor):
    def test_a_stopped_orchestrator_is_noticed_and_killed(self):
        supervisor = self.supervisor(config="").start()  # the default deadlines
        supervisor.wait_state("running")
        pid = supervisor.pid()
        supervisor.wait_until(lambda: not supervisor.saved()["tally"]["reserved"], what="the run is stable")
        begun = time.monotonic()
        os.kill(pid, signal.SIGSTOP)
        supervisor.wait_new_pid(pid)
        self.assertLess(time.monotonic() - begun, 3.0)
        report = self.last_report(supervisor)
        self.assertEqual(report["summary"]["cause"], "hang")
        self.assertEqual(report["summary"]["signal"], "SIGKILL")
        self.assertIn("T", [look["state"] for look in report["evidence"]])
        self.assertTrue(report["last_beats"])

    def test_a_spinning_orchestrator_is_aborted(self):
        supervisor = self.supervisor("spin;").start()
        supervisor.wait_until(lambda: supervisor.restarts() == 1, what="it is restarted")
        self.assertEqual(self.last_report(supervisor)["summary"]["signal"], "SIGABRT")

    def test_no_progress_before_ready_is_a_hang(self):
        for plan in ("stuck;", "mute;"):
            with self.subTest(plan=plan):
                supervisor = self.supervisor(plan).start()
                supervisor.wait_state("running")
                self.assertEqual(self.last_report(supervisor)["summary"]["cause"], "hang")

    def test_a_link_closed_by_a_living_orchestrator_is_a_hang(self):
        supervisor = self.supervisor("close;").start()
        supervisor.wait_until(lambda: supervisor.restarts() == 1, what="it is restarted")
        self.assertIn("closed its link", self.last_report(supervisor)["summary"]["why"])

    def test_a_traced_orchestrator_is_spared_and_alerted(self):
        supervisor = self.supervisor().start()
        supervisor.wait_state("running")
        pid = supervisor.pid()
        try:
            tracer = subprocess.Popen(["strace", "-qq", "-p", str(pid), "-o", "/dev/null"], stderr=subprocess.DEVNULL)
        except FileNotFoundError:
            self.skipTest("strace is not installed")
        self.addCleanup(lambda: (tracer.kill(), tracer.wait()))

        def traced():
            with open(f"/proc/{pid}/status", encoding="utf-8") as file:
                return "TracerPid:\t0\n" not in file.read()
        wait_until(traced, what="strace is attached")
        os.kill(pid, signal.SIGSTOP)
        supervisor.wait_until(lambda: any(a["code"] == "traced" for a in supervisor.rpc("alerts")["items"]), what="the alert")
        self.assertEqual(supervisor.pid(), pid)

    def test_an_orchestrator_that_floods_its_output_is_no_hang(self):
        supervisor = self.supervisor("flood", config="").start()
        supervisor.wait_state("running")
        log = os.path.join(supervisor.home, "logs", "supervisor.log")
        supervisor.wait_until(lambda: os.path.exists(log + ".1"), 30, "the log has been rotated")
        self.assertEqual(supervisor.restarts(), 0)
        self.assertEqual(supervisor.stop(), 0)
        self.assertLessEqual(sum(os.path.getsize(os.path.join(supervisor.home, "logs", name))
                                 for name in os.listdir(os.path.join(supervisor.home, "logs"))), 5 * 4 * 1024 * 1024)


class OnlyOne(WithSupervisor):
    def test_a_second_supervisor_on_the_same_home_is_refused_with_68(self):
        first = self.supervisor().start()
        second = self.supervisor(home=first.home)
        self.assertEqual(second.spawn().wait_exit(), 68)
        self.assertIn(str(first.process.pid), second.log())
        first.wait_state("running")

    def test_nothing_is_started_while_the_stores_lock_is_held(self):
        supervisor = self.supervisor("lock_child exit=70;").start()
        supervisor.wait_state("waiting_for_lock")
        self.assertEqual(len(self.starts(supervisor)), 1)
        open(os.path.join(supervisor.home, "release"), "w", encoding="utf-8").close()
        supervisor.wait_state("running")
        self.assertEqual(len(self.starts(supervisor)), 2)

    def test_the_orchestrator_dies_with_a_supervisor_that_is_killed_before_go(self):
        supervisor = self.supervisor("mute").start()
        pid = wait_until(lambda: self.starts(supervisor), what="a start")[0][0]
        supervisor.kill()
        wait_until(lambda: not is_alive(pid), what="it died with its parent")

    def test_the_environment_and_the_session_are_its_own(self):
        with tempfile.TemporaryDirectory(prefix="s1mple-e2e-") as directory:
            notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.addCleanup(notify.close)
            notify.bind(os.path.join(directory, "notify"))
            notify.settimeout(10)
            supervisor = self.supervisor(env={"NOTIFY_SOCKET": os.path.join(directory, "notify"),
                                              "WATCHDOG_USEC": "200000", "LISTEN_FDS": "1", "KEPT": "yes"}).start()
            supervisor.wait_state("running")
            pid = supervisor.pid()
            with open(f"/proc/{pid}/environ", encoding="utf-8") as file:
                names = {entry.split("=")[0] for entry in file.read().split("\0")}
            self.assertIn("KEPT", names)
            self.assertFalse(names & {"NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_FDS"})
            self.assertEqual(os.getsid(pid), pid)
            self.assertEqual(os.readlink(f"/proc/{pid}/fd/0"), "/dev/null")
            messages = ""
            while not {"READY=1", "WATCHDOG=1"} <= set(messages.split("\n")):
                messages += notify.recv(4096).decode() + "\n"
            supervisor.process.send_signal(signal.SIGTERM)
            while "STOPPING=1" not in messages:
                messages += notify.recv(4096).decode() + "\n"
            self.assertEqual(supervisor.wait_exit(), 0)


class Stops(WithSupervisor):
    def assert_clean(self, supervisor, pid):
        self.assertFalse(is_alive(pid))
        self.assertFalse(os.path.exists(supervisor.socket_path))
        self.assertTrue(supervisor.saved()["tally"]["clean"])

    def test_sigterm_sigint_and_the_command_end_both_cleanly(self):
        for way in (signal.SIGTERM, signal.SIGINT, None):
            with self.subTest(way=way):
                supervisor = self.supervisor().start()
                supervisor.wait_state("running")
                pid = supervisor.pid()
                if way is None:
                    self.assertTrue(supervisor.rpc("shutdown")["accepted"])
                else:
                    supervisor.process.send_signal(way)
                self.assertEqual(supervisor.wait_exit(), 0)
                self.assert_clean(supervisor, pid)
                self.assertEqual(supervisor.start().rpc("status")["supervisor"]["restarts"]["total"], 0)
                self.assertEqual(self.starts(supervisor)[-1][1]["mode"], "normal")
                self.assertEqual(supervisor.stop(), 0)

    def test_closing_the_terminal_is_a_clean_stop(self):
        supervisor = self.supervisor()
        leader, follower = os.openpty()

        def own_terminal():
            os.setsid()
            import fcntl
            import termios
            fcntl.ioctl(follower, termios.TIOCSCTTY, 0)
        supervisor.process = subprocess.Popen(
            [PROGRAMS["supervisor"], "run", "--config", supervisor.config_path, "--home", supervisor.home], env=supervisor.env,
            stdin=follower, stdout=follower, stderr=follower, preexec_fn=own_terminal)
        os.close(follower)
        wait_until(supervisor.is_served, 20, "control.sock is served")
        supervisor.wait_state("running")
        pid = supervisor.pid()
        os.close(leader)
        self.assertEqual(supervisor.wait_exit(), 0)
        self.assert_clean(supervisor, pid)

    def test_one_that_ignores_everything_is_killed_in_the_end(self):
        supervisor = self.supervisor("deaf").start()
        supervisor.wait_state("running")
        pid = supervisor.pid()
        self.assertEqual(supervisor.stop(), 70)   # an end that was asked for and went wrong is told
        self.assertFalse(is_alive(pid))
        self.assertFalse(supervisor.saved()["tally"]["clean"])

    def test_a_stop_while_it_starts_backs_off_or_is_parked_ends_at_once(self):
        for plan, state in (("stuck", "starting"), ("exit=65", "parked")):
            with self.subTest(state=state):
                supervisor = self.supervisor(plan).start()
                supervisor.wait_state(state)
                self.assertEqual(supervisor.stop(), 0)

    def test_a_restart_asked_by_an_operator_counts_nothing(self):
        supervisor = self.supervisor().start()
        supervisor.wait_state("running")
        pid = supervisor.pid()
        self.assertTrue(supervisor.rpc("restart")["accepted"])
        supervisor.wait_new_pid(pid)
        self.assertEqual(supervisor.status()["supervisor"]["restarts"]["in_window"], 0)
        self.assertEqual(self.starts(supervisor)[-1][1]["cause"], "restart")


if __name__ == "__main__":
    main()
