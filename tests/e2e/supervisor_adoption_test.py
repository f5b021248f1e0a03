"""How a supervisor takes over a running orchestrator and leaves one to the next, with the stand-in of fake_orchestrator.cc
and a stand-in for systemd. Run: supervisor_adoption_test.py SUPERVISOR FAKE_ORCHESTRATOR [unittest arguments]
"""

import json
import os
import signal
import subprocess
import time

from service_manager import ServiceManager
from support import RpcError, is_alive, wait_until
from supervisor_case import FAST, PROGRAMS, WithSupervisor, main

PARTS = ("error", "link", "out", "process")


class WithManager(WithSupervisor):
    def service(self, plan="", config=FAST, keeps=True):
        """A supervisor that runs as a service, ready and stable, and its service manager."""
        manager = ServiceManager(keeps)
        self.addCleanup(manager.close)
        supervisor = self.supervisor(plan, config)
        manager.start(supervisor)
        supervisor.wait_state("running")
        supervisor.wait_until(lambda: not supervisor.saved()["tally"]["reserved"], what="the run is stable")
        return supervisor, manager

    def adoptions(self, supervisor):
        path = os.path.join(supervisor.home, "fake-starts-adopted")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [json.loads(line.split(" ", 1)[1])["params"] for line in file]

    def alerts(self, supervisor):
        return {alert["code"] for alert in supervisor.rpc("alerts")["items"]}

    def assert_taken_over(self, supervisor, pid):
        """The orchestrator that ran before is running again, and no other was started."""
        supervisor.wait_state("running")
        self.assertEqual(supervisor.pid(), pid)
        self.assertEqual([start for start, _ in self.starts(supervisor)], [pid])
        self.assertEqual(supervisor.restarts(), 0)


class Adoption(WithManager):
    def test_go_waits_until_the_store_has_confirmed_the_descriptors(self):
        manager = ServiceManager()
        self.addCleanup(manager.close)
        manager.holds_barriers = True
        supervisor = manager.start(self.supervisor(config=""))
        supervisor.wait_until(lambda: len(manager.names()) == 5, what="everything is in the store")
        pid = supervisor.pid()
        self.assertEqual(manager.names(), sorted(["control"] + [f"{part}-{pid}" for part in PARTS]))
        supervisor.wait_until(lambda: len(manager.held) == 2, what="the barrier is there")
        heard = supervisor.wait_until(lambda: supervisor.status()["orchestrator"]["as_of"], what="it has said hello")
        supervisor.wait_until(lambda: supervisor.status()["orchestrator"]["as_of"] != heard, what="another answer")
        self.assertEqual(supervisor.state(), "starting")
        manager.let_barriers_go()
        supervisor.wait_state("running")
        self.assertNotIn("not_kept", self.alerts(supervisor))

    def test_a_confirmation_that_never_comes_is_alerted_and_the_start_goes_on(self):
        manager = ServiceManager()
        self.addCleanup(manager.close)
        manager.holds_barriers = True
        supervisor = manager.start(self.supervisor())
        supervisor.wait_state("running")
        self.assertIn("not_kept", self.alerts(supervisor))

    def test_a_killed_supervisor_is_followed_by_one_that_takes_over(self):
        supervisor, manager = self.service("alert")
        pid, instance = supervisor.pid(), self.starts(supervisor)[0][1]["instance"]
        for round_number in range(3):
            supervisor.kill()
            self.assertTrue(is_alive(pid))
            manager.start(supervisor)
            self.assert_taken_over(supervisor, pid)
            attach = self.adoptions(supervisor)[round_number]
            self.assertTrue(attach["adopted"])
            self.assertNotEqual(attach["instance"], instance)
        self.assertLessEqual({"supervisor_died", "drill"}, self.alerts(supervisor))
        self.assertEqual(supervisor.status()["supervisor"]["mode"], "recovery")
        self.assertEqual(supervisor.stop(), 0)
        wait_until(lambda: not is_alive(pid), what="it was stopped")
        self.assertEqual(manager.names(), ["control"])

    def test_a_client_that_asks_while_nobody_serves_is_answered_by_the_next(self):
        supervisor, manager = self.service()
        supervisor.kill()
        client = supervisor.connect()
        self.addCleanup(client.close)
        manager.start(supervisor)
        self.assertIn("version", client.call("version"))

    def test_an_adopted_orchestrator_that_dies_is_reported_without_a_status_and_started_again(self):
        supervisor, manager = self.service()
        pid = supervisor.pid()
        supervisor.kill()
        manager.start(supervisor)
        self.assert_taken_over(supervisor, pid)
        os.kill(pid, signal.SIGKILL)
        new = supervisor.wait_new_pid(pid)
        report = self.last_report(supervisor)["summary"]
        self.assertEqual((report["pid"], report["cause"], report["exit_code"], report["signal"]), (pid, "unknown", None, None))
        self.assertFalse(report["counted"])
        supervisor.wait_until(lambda: len(manager.names()) == 5, what="the dead one's descriptors are removed")
        self.assertIn(f"process-{new}", manager.names())

    def test_what_it_said_last_while_nobody_listened_decides(self):
        supervisor, manager = self.service("bye=65;")
        pid = supervisor.pid()
        supervisor.kill()
        with open(os.path.join(supervisor.home, "crashes", f"last-words-{pid}"), "w", encoding="utf-8") as file:
            file.write("build 0a\nexit 65\n")
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_alive(pid), what="it died")
        manager.start(supervisor)
        supervisor.wait_state("parked")
        report = self.last_report(supervisor)
        self.assertEqual((report["summary"]["pid"], report["summary"]["exit_code"]), (pid, 65))
        self.assertEqual(report["last_words"], ["build 0a", "exit 65"])
        self.assertEqual(manager.names(), ["control"])

    def test_a_hung_one_that_was_adopted_is_ended(self):
        supervisor, manager = self.service()
        pid = supervisor.pid()
        supervisor.kill()
        os.kill(pid, signal.SIGSTOP)
        manager.start(supervisor)
        supervisor.wait_new_pid(pid)
        self.assertEqual(self.last_report(supervisor)["summary"]["cause"], "hang")

    def test_one_of_another_link_version_is_ended_in_order_and_replaced(self):
        supervisor, manager = self.service("old_link;")
        pid = supervisor.pid()
        supervisor.kill()
        manager.start(supervisor)
        supervisor.wait_new_pid(pid)
        self.assertFalse(is_alive(pid))

    def test_descriptors_that_make_no_whole_run_are_removed_and_nothing_is_doubled(self):
        supervisor, manager = self.service()
        pid = supervisor.pid()
        supervisor.kill()
        with manager.lock:
            lost = [one for one in manager.store if one[0].startswith("link")]
            manager.store = [one for one in manager.store if one not in lost]
        for _, fd in lost:
            os.close(fd)
        wait_until(lambda: not is_alive(pid), what="it has seen its link's end")
        manager.start(supervisor)
        new = supervisor.wait_new_pid(pid)
        supervisor.wait_until(lambda: manager.names() == sorted(["control"] + [f"{part}-{new}" for part in PARTS]),
                              what="the old names are gone")

    def test_a_store_that_keeps_nothing_delays_no_start(self):
        supervisor, manager = self.service(keeps=False)
        self.assertEqual(manager.names(), [])
        supervisor.wait_state("running")

    def test_a_halt_is_told_to_the_one_that_is_taken_over(self):
        supervisor, manager = self.service()
        supervisor.rpc("halt", {"reason": "drill"})
        supervisor.wait_until(lambda: supervisor.saved()["halt"]["halted"], what="the latch is saved")
        supervisor.kill()
        manager.start(supervisor)
        supervisor.wait_state("running")
        self.assertTrue(self.adoptions(supervisor)[0]["halted"])


class HandOver(WithManager):
    def test_sigusr2_leaves_the_orchestrator_to_the_next_supervisor(self):
        supervisor, manager = self.service()
        pid = supervisor.pid()
        supervisor.process.send_signal(signal.SIGUSR2)
        self.assertEqual(supervisor.wait_exit(), 71)
        marker = os.path.join(supervisor.home, "handed-over")
        self.assertTrue(os.path.exists(marker))
        self.assertTrue(os.path.exists(supervisor.socket_path))
        manager.start(supervisor)
        self.assert_taken_over(supervisor, pid)
        self.assertFalse(os.path.exists(marker))
        self.assertNotIn("supervisor_died", self.alerts(supervisor))

    def test_a_changed_configuration_is_told(self):
        supervisor, manager = self.service()
        pid = supervisor.pid()
        supervisor.process.send_signal(signal.SIGUSR2)
        supervisor.wait_exit()
        with open(supervisor.config_path, "a", encoding="utf-8") as file:
            file.write("# another one\n")
        manager.start(supervisor)
        self.assert_taken_over(supervisor, pid)
        self.assertIn("restart_needed", self.alerts(supervisor))
        supervisor.rpc("restart")
        supervisor.wait_new_pid(pid)

    def test_upgrade_goes_on_in_the_same_process_with_child_and_clients(self):
        supervisor = self.supervisor().start()
        supervisor.wait_state("running")
        supervisor.wait_until(lambda: not supervisor.saved()["tally"]["reserved"], what="the run is stable")
        pid = supervisor.pid()
        asks, hears = supervisor.connect(), supervisor.connect()
        self.addCleanup(asks.close)
        self.addCleanup(hears.close)
        hears.call("subscribe")
        self.assertTrue(asks.call("upgrade")["accepted"])
        supervisor.wait_until(lambda: self.adoptions(supervisor), what="the new program has attached")
        self.assertEqual(asks.call("status")["supervisor"]["pid"], supervisor.process.pid)
        told = []
        while "running" not in told:
            params = hears.read()["params"]
            told += [params["to"]] if params["kind"] == "state" else []
        self.assertEqual(told, ["starting", "running"])
        self.assert_taken_over(supervisor, pid)
        # It is still our child: its end has a status.
        os.kill(pid, signal.SIGKILL)
        supervisor.wait_new_pid(pid)
        self.assertEqual(self.last_report(supervisor)["summary"]["signal"], "SIGKILL")
        self.assertEqual(supervisor.stop(), 0)

    def test_sigusr2_without_a_service_manager_upgrades_in_place(self):
        supervisor = self.supervisor().start()
        supervisor.wait_state("running")
        pid = supervisor.pid()
        supervisor.process.send_signal(signal.SIGUSR2)
        supervisor.wait_until(lambda: self.adoptions(supervisor), what="the new program has attached")
        self.assert_taken_over(supervisor, pid)

    def test_an_upgrade_to_a_program_that_refuses_its_configuration_is_refused(self):
        supervisor = self.supervisor().start()
        supervisor.wait_state("running")
        with open(supervisor.config_path, "a", encoding="utf-8") as file:
            file.write("# refused\n")
        with self.assertRaises(RpcError) as refused:
            supervisor.rpc("upgrade")
        self.assertEqual(refused.exception.code, -32003)
        self.assertIn("exit 64", refused.exception.message)
        self.assertEqual(self.adoptions(supervisor), [])
        self.assertEqual(supervisor.state(), "running")


class Reap(WithManager):
    def reap(self, supervisor, result):
        env = dict(supervisor.env, SERVICE_RESULT=result)
        return subprocess.run([PROGRAMS["supervisor"], "reap", "--home", supervisor.home], env=env, capture_output=True,
                              text=True, timeout=30, check=False)

    def test_only_a_success_without_a_hand_over_ends_the_orchestrator(self):
        supervisor, manager = self.service("locks")
        pid = supervisor.pid()
        running = self.reap(supervisor, "success")
        self.assertEqual(running.returncode, 68)
        self.assertTrue(is_alive(pid))
        supervisor.kill()
        self.assertEqual(self.reap(supervisor, "signal").returncode, 0)
        self.assertTrue(is_alive(pid))
        marker = os.path.join(supervisor.home, "handed-over")
        open(marker, "w", encoding="utf-8").close()
        self.assertEqual(self.reap(supervisor, "success").returncode, 0)
        self.assertTrue(is_alive(pid))
        os.unlink(marker)
        done = self.reap(supervisor, "success")
        self.assertEqual(done.returncode, 0)
        self.assertIn(f"pid {pid}, was ended", done.stderr)
        self.assertFalse(is_alive(pid))
        self.assertEqual(self.reap(supervisor, "success").returncode, 0)

    def test_without_adoption_the_orchestrator_ends_when_the_store_is_released(self):
        supervisor, manager = self.service()
        pid = supervisor.pid()
        supervisor.kill()
        self.assertTrue(is_alive(pid))
        begun = time.monotonic()
        manager.release()
        wait_until(lambda: not is_alive(pid), what="it ended")
        self.assertLess(time.monotonic() - begun, 5)


if __name__ == "__main__":
    main()
