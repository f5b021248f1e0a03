"""The supervisor against real processes, with the stand-in of fake_orchestrator.cc.

Run: supervisor_test.py SUPERVISOR FAKE_ORCHESTRATOR [unittest arguments]
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from support import RpcError, Supervisor, is_alive, process_state, wait_until

SUPERVISOR = ""
FAKE = ""

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
        settings = f'[supervisor]\norchestrator = "{FAKE}"\n' + config
        supervisor = Supervisor(SUPERVISOR, settings, home, variables)
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
            [SUPERVISOR, "run", "--config", supervisor.config_path, "--home", supervisor.home], env=supervisor.env,
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
        self.assertEqual(supervisor.stop(), 0)
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


class Halts(WithSupervisor):
    def test_a_halt_is_durable_without_an_orchestrator_and_outlives_the_supervisor(self):
        supervisor = self.supervisor("exit=65;").start()
        supervisor.wait_state("parked")
        answer = supervisor.rpc("halt", {"reason": "drill"})
        self.assertEqual(answer, {"halted": True, "durable": "supervisor"})
        self.assertTrue(supervisor.saved()["halt"]["halted"])
        with self.assertRaises(RpcError) as refused:
            supervisor.rpc("resume", {"reason": "over"})
        self.assertEqual(refused.exception.code, -32002)
        supervisor.kill()
        supervisor.start()
        self.assertTrue(supervisor.status()["supervisor"]["halted"])
        supervisor.rpc("clear")
        supervisor.wait_state("safe_mode")
        self.assertEqual(self.starts(supervisor)[-1][1]["halt_reason"], "drill")
        self.assertEqual(supervisor.rpc("resume", {"reason": "over"}), {"halted": False})

    def test_the_stores_latch_closes_ours(self):
        supervisor = self.supervisor("latch").start()
        supervisor.wait_until(lambda: supervisor.status()["supervisor"]["halt_reason"] == "overfill", what="latched")

    def test_a_damaged_supervisor_json_is_set_aside_and_the_start_is_halted(self):
        supervisor = self.supervisor()
        with open(os.path.join(supervisor.home, "supervisor.json"), "w", encoding="utf-8") as file:
            file.write('{"format":1,"halt":')
        supervisor.start()
        supervisor.wait_state("running")
        attach = self.starts(supervisor)[0][1]
        self.assertEqual((attach["mode"], attach["halted"]), ("recovery", True))
        self.assertTrue(os.path.exists(os.path.join(supervisor.home, "supervisor.json.damaged")))
        self.assertIn("supervisor_state_damaged", {a["code"] for a in supervisor.rpc("alerts")["items"]})


class Socket(WithSupervisor):
    def test_garbage_half_and_oversized_lines_get_errors_and_do_no_harm(self):
        supervisor = self.supervisor().start()
        client = supervisor.connect()
        self.addCleanup(client.close)
        for line, code in ((b"garbage\n", -32700), (b"[]\n", -32600), (b"{}\n", -32600), (b"\xff\xfe\n", -32700),
                           (b'{"jsonrpc":"2.0","method":"status"}\n', -32600),
                           (b'{"jsonrpc":"2.0","id":1,"method":"nonsense"}\n', -32601),
                           (b'{"jsonrpc":"2.0","id":1,"method":"upgrade"}\n', -32601),
                           (b'{"jsonrpc":"2.0","id":1,"method":"halt","params":{}}\n', -32602),
                           (b'{"jsonrpc":"2.0","id":1,"method":"alerts","params":{"limit":101}}\n', -32602),
                           (b'{"jsonrpc":"2.0","id":1,"method":"flatten","params":{}}\n', -32004),
                           (b"x" * 70000 + b"\n", -32700)):
            with self.subTest(line=line[:40]):
                client.send(line)
                self.assertEqual(client.read()["error"]["code"], code)
        client.send(b'{"jsonrpc":"2.0","id":1,')
        client.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(client.read()["error"]["code"], -32700)
        self.assertIsNone(client.read())
        supervisor.wait_state("running")

    def test_32_idle_clients_are_served_and_the_next_is_told(self):
        supervisor = self.supervisor().start()
        supervisor.wait_state("running")
        clients = [supervisor.connect() for _ in range(32)]
        self.assertTrue(clients[-1].call("status"))
        extra = supervisor.connect()
        self.assertIn("too many clients", extra.read()["error"]["message"])
        self.assertIsNone(extra.read())
        extra.close()
        for client in clients:
            client.close()
        supervisor.wait_until(supervisor.is_served, what="there is room again")

    def test_a_client_that_never_reads_is_dropped(self):
        supervisor = self.supervisor().start()
        client = supervisor.connect()
        self.addCleanup(client.close)
        request = b'{"jsonrpc":"2.0","id":1,"method":"help"}\n' * 200
        with self.assertRaises((BrokenPipeError, ConnectionResetError)):
            for _ in range(1000):
                client.send(request)
        supervisor.wait_state("running")

    def test_commands_are_passed_on_and_a_missing_answer_is_an_unknown_outcome(self):
        supervisor = self.supervisor(";silent").start()
        supervisor.wait_state("running")
        self.assertEqual(supervisor.rpc("fills", {"limit": 5}), {"method": "fills", "params": {"limit": 5}})
        pid = supervisor.pid()
        supervisor.rpc("restart")
        supervisor.wait_new_pid(pid)
        with self.assertRaises(RpcError) as unknown:
            supervisor.rpc("reconcile")
        self.assertEqual(unknown.exception.code, -32001)

    def test_subscribers_hear_of_a_death_and_the_next_start(self):
        supervisor = self.supervisor().start()
        supervisor.wait_state("running")
        client = supervisor.connect()
        self.addCleanup(client.close)
        self.assertEqual(client.call("subscribe"), {"subscribed": True})
        pid = supervisor.pid()
        os.kill(pid, signal.SIGKILL)
        kinds = []
        while "start" not in kinds:
            event = client.read()
            self.assertEqual(event["method"], "event")
            kinds.append(event["params"]["kind"])
        self.assertIn("death", kinds)

    def test_status_and_help_have_the_promised_shape(self):
        supervisor = self.supervisor().start()
        supervisor.wait_until(lambda: (supervisor.status()["orchestrator"] or {}).get("as_of"), what="an answer")
        status = supervisor.status()
        self.assertLessEqual({"pid", "version", "state", "uptime_s", "restarts", "alerts_pending"}, set(status["supervisor"]))
        self.assertEqual(status["orchestrator"]["trading"], "active")
        self.assertIsNone(status["supervisor"]["restarts"]["last"])
        methods = {item["method"] for item in supervisor.rpc("help")["methods"]}
        self.assertLessEqual({"status", "halt", "resume", "subscribe", "crashes", "alert_test"}, methods)
        self.assertEqual(os.stat(supervisor.socket_path).st_mode & 0o777, 0o600)


class Alerts(WithSupervisor):
    def command(self, body):
        """An alert command of the test's own; what it gets is kept beside it."""
        directory = tempfile.mkdtemp(prefix="s1mple-e2e-")
        self.addCleanup(lambda: subprocess.run(["rm", "-rf", directory], check=False))
        path = os.path.join(directory, "command")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\ncat >> {directory}/got\n{body}\n")
        os.chmod(path, 0o755)
        return directory, f'[alerts]\ncommand = ["{path}"]\ntimeout = "1s"\nretry_base = "20ms"\nretry_cap = "50ms"\n' + FAST

    @staticmethod
    def got(directory):
        path = os.path.join(directory, "got")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def test_an_alert_is_retried_until_the_command_takes_it_and_kept_meanwhile(self):
        directory, config = self.command('test -e "$(dirname "$0")/open"')
        supervisor = self.supervisor("alert", config).start()
        wait_until(lambda: len(self.got(directory)) >= 3, what="three tries")
        item = supervisor.rpc("alerts")["items"][0]
        self.assertFalse(item["delivered"])
        self.assertGreaterEqual(item["tries"], 2)
        supervisor.kill()
        with open(os.path.join(directory, "open"), "w", encoding="utf-8"):
            pass
        supervisor.start()
        supervisor.wait_until(lambda: supervisor.rpc("alerts")["items"][0]["delivered"], what="delivered")
        self.assertEqual({alert["id"] for alert in self.got(directory)}, {"o-7-1"})
        self.assertEqual(supervisor.status()["supervisor"]["alerts_pending"], 0)
        self.assertEqual(supervisor.rpc("ack", {"id": "o-7-1"}), {"acked": True})
        with self.assertRaises(RpcError):
            supervisor.rpc("ack", {"id": "nobody"})

    def test_alert_test_says_whether_the_command_took_it(self):
        directory, config = self.command("exit 0")
        supervisor = self.supervisor("", config).start()
        self.assertTrue(supervisor.rpc("alert_test")["delivered"])
        self.assertEqual(self.got(directory)[-1]["code"], "test")

        _, config = self.command("echo no route >&2; exit 3")
        supervisor = self.supervisor("", config).start()
        with self.assertRaises(RpcError) as refused:
            supervisor.rpc("alert_test")
        self.assertEqual(refused.exception.data["exit_code"], 3)
        self.assertIn("no route", refused.exception.data["stderr"])

        _, config = self.command("sleep 60")
        supervisor = self.supervisor("", config).start()
        with self.assertRaises(RpcError) as slow:
            supervisor.rpc("alert_test")
        self.assertTrue(slow.exception.data["timed_out"])

        supervisor = self.supervisor().start()
        with self.assertRaises(RpcError) as missing:
            supervisor.rpc("alert_test")
        self.assertEqual(missing.exception.code, -32003)


class Configuration(WithSupervisor):
    def test_a_bad_configuration_is_refused_by_either_program_and_nothing_is_touched(self):
        for text, story in (("[supervisor]\nhom = 1\n", ":2: unknown key 'hom' in [supervisor]"),
                            ("[supervisor.liveness]\nping_interval = 250\n", ":2: supervisor.liveness.ping_interval: must be a quoted span"),
                            (f'[supervisor]\norchestrator = "{FAKE}"\n# refused\n', "refused by the orchestrator")):
            for command in ("run", "check-config"):
                with self.subTest(story=story, command=command):
                    with tempfile.TemporaryDirectory(prefix="s1mple-e2e-") as directory:
                        path = os.path.join(directory, "bad.toml")
                        with open(path, "w", encoding="utf-8") as file:
                            file.write(text)
                        arguments = [SUPERVISOR, command] + (["--config", path, "--home", directory] if command == "run" else [path])
                        ended = subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=False)
                        self.assertEqual(ended.returncode, 64)
                        self.assertIn(story, ended.stderr)
                        self.assertEqual(os.listdir(directory), ["bad.toml"])

    def test_a_missing_file_and_a_bad_command_line_are_usage(self):
        for arguments in (["run"], ["run", "--config", "/nonexistent.toml"], ["run", "--nonsense"], ["nonsense"], [],
                          ["check-config"]):
            with self.subTest(arguments=arguments):
                ended = subprocess.run([SUPERVISOR] + arguments, capture_output=True, text=True, timeout=30, check=False)
                self.assertEqual(ended.returncode, 64)
                self.assertTrue(ended.stderr + ended.stdout)

    def test_a_socket_path_that_is_too_long_is_refused_at_start(self):
        with tempfile.TemporaryDirectory(prefix="s1mple-e2e-") as directory:
            home = os.path.join(directory, "x" * 100)
            os.mkdir(home, 0o700)
            supervisor = self.supervisor(home=home)
            self.assertEqual(supervisor.spawn().wait_exit(), 64)


if __name__ == "__main__":
    SUPERVISOR, FAKE = (os.path.abspath(path) for path in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
