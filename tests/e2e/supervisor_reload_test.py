"""The configuration read again while everything runs; real supervisor, stand-in orchestrator.

Run: supervisor_reload_test.py SUPERVISOR FAKE_ORCHESTRATOR [unittest arguments]
"""

import os
import signal
import subprocess

from service_manager import ServiceManager
from support import RpcError
from supervisor_case import FAST, PROGRAMS, WithSupervisor, main

PATIENT = FAST.replace('"50ms"', '"50ms"\nlost_pings = 100').replace('"1s"', '"1m"')


class Reload(WithSupervisor):
    def write(self, supervisor, config, orchestrator=None):
        with open(supervisor.config_path, "w", encoding="utf-8") as file:
            file.write(f'[supervisor]\norchestrator = "{orchestrator or PROGRAMS["fake"]}"\n' + config)

    def start(self, config=FAST, env=None):
        supervisor = self.supervisor(config=config, env=env).start()
        supervisor.wait_state("running")
        return supervisor

    def refusal(self, supervisor):
        with self.assertRaises(RpcError) as refused:
            supervisor.rpc("reload", timeout=60)
        self.assertEqual(refused.exception.code, -32003)
        return refused.exception.message

    def test_what_may_change_is_in_force_at_once_and_the_orchestrator_runs_on(self):
        supervisor = self.start(PATIENT)
        pid = supervisor.pid()
        self.assertEqual(supervisor.rpc("reload"), {"taken": [], "needs_restart": [], "warnings": []})
        self.write(supervisor, PATIENT + '[alerts]\ncommand = ["/bin/true"]\n')
        self.assertEqual(supervisor.rpc("reload")["taken"], ["alerts.command"])
        self.assertTrue(supervisor.rpc("alert_test")["delivered"])
        self.assertEqual(supervisor.pid(), pid)
        supervisor.wait_until(lambda: not supervisor.saved()["tally"]["reserved"], what="the run is stable")
        os.kill(pid, signal.SIGSTOP)
        self.write(supervisor, PATIENT.replace("lost_pings = 100", "lost_pings = 4") + '[alerts]\ncommand = ["/bin/no"]\n')
        answer = supervisor.rpc("reload")
        self.assertEqual(answer["taken"], ["supervisor.liveness.lost_pings", "alerts.command"])
        self.assertIn("alerts.command: '/bin/no'", answer["warnings"][0])
        supervisor.wait_new_pid(pid)
        self.assertEqual(self.last_report(supervisor)["summary"]["cause"], "hang")
        supervisor.wait_until(lambda: "reload by=\"uid " in supervisor.log(), what="it is in the log")

    def test_what_may_not_is_named_until_its_restart(self):
        supervisor = self.start()
        pid = supervisor.pid()
        other = FAST.replace("[supervisor.liveness]", '[supervisor.liveness]\nlink_grace = "20s"')
        self.write(supervisor, f'home = "{supervisor.home}"\n' + other + "[risk]\nmax_messages = 7\n")
        waiting = {"supervisor.liveness.link_grace": "s1mple restart", "risk": "s1mple restart",
                   "supervisor.home": "stop the supervisor and start it again"}
        for _ in range(2):   # a second one says the same
            answer = supervisor.rpc("reload")
            self.assertEqual({item["what"]: item["help"] for item in answer["needs_restart"]}, waiting)
            self.assertEqual(answer["taken"], [])
        self.assertEqual(supervisor.pid(), pid)
        supervisor.rpc("restart")
        supervisor.wait_new_pid(pid)
        self.assertEqual([item["what"] for item in supervisor.rpc("reload")["needs_restart"]], ["supervisor.home"])
        graces = [attach["link_grace_ms"] for _, attach in self.starts(supervisor)]
        self.assertEqual(graces, [10000, 20000])

    def test_the_ladder_of_an_orchestrator_with_the_new_configuration_is_its_own_and_outlives_the_supervisor(self):
        supervisor = self.start()
        keys = [supervisor.saved()["tally"]["key"]]
        self.write(supervisor, FAST + '[alerts]\ntimeout = "7s"\n')
        supervisor.rpc("reload")
        supervisor.wait_until(lambda: supervisor.saved()["tally"]["key"] != keys[0], what="the file that is in force counts")
        keys.append(supervisor.saved()["tally"]["key"])
        self.write(supervisor, FAST + '[alerts]\ntimeout = "7s"\n[risk]\nmax_messages = 7\n')
        supervisor.rpc("reload")
        self.assertEqual(supervisor.saved()["tally"]["key"], keys[1])   # what runs was started with the other one
        pid = supervisor.pid()
        supervisor.rpc("restart")
        supervisor.wait_new_pid(pid)
        supervisor.wait_until(lambda: supervisor.saved()["tally"]["key"] not in keys, what="now it counts")
        supervisor.kill()
        supervisor.start()
        supervisor.wait_state("running")
        self.assertNotIn("ladder_reset", supervisor.log())

    def test_a_bad_configuration_changes_nothing_and_says_where_and_what_would_be_right(self):
        for text, story in ((FAST.replace('"50ms"', "50") + "[alerts]\nhook = 1\n",
                             "config.toml:9: supervisor.liveness.ping_interval: must be a quoted span from 20ms to 2s"),
                            (FAST + "[alerts\n", ":14: no valid TOML"),
                            (FAST + "# refused\n", "config.toml:1: refused by the orchestrator"),
                            (None, "No such file")):
            with self.subTest(story=story):
                supervisor = self.start()
                pid = supervisor.pid()
                if text is None:
                    os.unlink(supervisor.config_path)
                else:
                    self.write(supervisor, text)
                self.assertIn(story, self.refusal(supervisor))
                supervisor.wait_until(lambda: "reload_refused by=" in supervisor.log(), what="it is in the log")
                self.write(supervisor, FAST)
                self.assertEqual(supervisor.rpc("reload"), {"taken": [], "needs_restart": [], "warnings": []})
                self.assertEqual((supervisor.pid(), supervisor.restarts()), (pid, 0))

    def test_a_hangup_reloads_tells_the_service_manager_and_a_refusal_is_an_alert(self):
        manager = ServiceManager()
        self.addCleanup(manager.close)
        supervisor = self.start(env={"NOTIFY_SOCKET": manager.path})
        self.write(supervisor, FAST + '[alerts]\ntimeout = "7s"\n')
        supervisor.process.send_signal(signal.SIGHUP)
        supervisor.wait_until(lambda: "reload by=SIGHUP taken=alerts.timeout" in supervisor.log(), what="it says what it took")
        supervisor.wait_until(lambda: manager.messages.count("READY=1") == 2, what="it is ready again")
        begun = manager.messages.index("RELOADING=1")
        self.assertGreater(begun, manager.messages.index("READY=1"))
        self.assertGreater(int(manager.messages[begun + 1].removeprefix("MONOTONIC_USEC=")), 0)
        self.write(supervisor, "[alerts]\nhook = 1\n")
        for _ in range(3):   # what comes while one runs is one more
            supervisor.process.send_signal(signal.SIGHUP)
        supervisor.wait_until(lambda: "reload_refused" in {a["code"] for a in supervisor.rpc("alerts")["items"]}, what="it is told")
        supervisor.wait_until(lambda: manager.messages.count("READY=1") == manager.messages.count("RELOADING=1") + 1 >= 3, what="and ready again")
        self.assertEqual(supervisor.state(), "running")

    def test_the_command_says_it_in_words(self):
        supervisor = self.start()
        def told():
            return subprocess.run([PROGRAMS["supervisor"], "reload", "--home", supervisor.home], capture_output=True, text=True,
                                  timeout=60, check=False)
        self.assertEqual((told().stdout, told().returncode), ("nothing has changed\n", 0))
        self.write(supervisor, FAST + '[alerts]\ntimeout = "7s"\n[risk]\nmax_messages = 7\n')
        done = told()
        self.assertEqual((done.stdout, done.returncode), ("taken over: alerts.timeout\nneeds a restart: risk  (s1mple restart)\n", 0))
        self.write(supervisor, FAST + "[alerts]\nhook = 1\n")
        done = told()
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown key 'hook' in [alerts]; allowed: command", done.stderr)


if __name__ == "__main__":
    main()
