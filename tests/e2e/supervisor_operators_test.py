"""What the supervisor's operators meet: halts, control.sock, alerts, configuration; real processes, stand-in orchestrator.

Run: supervisor_operators_test.py SUPERVISOR FAKE_ORCHESTRATOR [unittest arguments]
"""

import json
import os
import signal
import socket
import subprocess
import tempfile

from support import RpcError, wait_until
from supervisor_case import FAST, PROGRAMS, WithSupervisor, main


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

    def test_what_nobody_acknowledges_goes_to_the_second_command_and_repeats_are_counted(self):
        directory, config = self.command("exit 0")
        second, other = self.command("exit 0")
        path = other.split('"')[1]
        config = config.replace("timeout", f'escalation_command = ["{path}"]\nescalation_after = "1s"\ntimeout', 1)
        supervisor = self.supervisor("alert;alert", config).start()
        wait_until(lambda: self.got(second), what="the second command has it")
        told = self.got(second)[0]
        self.assertEqual((told["code"], told["escalation"]), ("drill", True))
        self.assertNotIn("escalation", self.got(directory)[0])
        self.assertTrue(supervisor.rpc("alert_test", {"escalation": True})["delivered"])
        self.assertEqual(self.got(second)[-1]["code"], "test")
        drill = {alert["code"]: alert for alert in supervisor.rpc("alerts")["items"]}["drill"]
        self.assertTrue(drill["escalated"])
        for count in (1, 2):
            pid = supervisor.pid()
            supervisor.wait_until(lambda: not supervisor.saved()["tally"]["reserved"], what="the run is stable")
            os.kill(pid, 9)
            supervisor.wait_new_pid(pid)
            died = [alert for alert in supervisor.rpc("alerts")["items"] if alert["code"] == "orchestrator_died"]
            self.assertEqual([alert["count"] for alert in died], [count])

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
                            ('[supervisor]\norchestrator = "%s"\n# refused\n' % PROGRAMS["fake"], "refused by the orchestrator")):
            for command in ("run", "check-config"):
                with self.subTest(story=story, command=command):
                    with tempfile.TemporaryDirectory(prefix="s1mple-e2e-") as directory:
                        path = os.path.join(directory, "bad.toml")
                        with open(path, "w", encoding="utf-8") as file:
                            file.write(text)
                        arguments = [PROGRAMS["supervisor"], command] + (["--config", path, "--home", directory] if command == "run" else [path])
                        ended = subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=False)
                        self.assertEqual(ended.returncode, 64)
                        self.assertIn(story, ended.stderr)
                        self.assertEqual(os.listdir(directory), ["bad.toml"])

    def test_a_missing_file_and_a_bad_command_line_are_usage(self):
        for arguments in (["run"], ["run", "--config", "/nonexistent.toml"], ["run", "--nonsense"], ["nonsense"], [],
                          ["check-config"]):
            with self.subTest(arguments=arguments):
                ended = subprocess.run([PROGRAMS["supervisor"]] + arguments, capture_output=True, text=True, timeout=30, check=False)
                self.assertEqual(ended.returncode, 64)
                self.assertTrue(ended.stderr + ended.stdout)

    def test_a_socket_path_that_is_too_long_is_refused_at_start(self):
        with tempfile.TemporaryDirectory(prefix="s1mple-e2e-") as directory:
            home = os.path.join(directory, "x" * 100)
            os.mkdir(home, 0o700)
            supervisor = self.supervisor(home=home)
            self.assertEqual(supervisor.spawn().wait_exit(), 64)


if __name__ == "__main__":
    main()
