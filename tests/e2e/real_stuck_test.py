"""Both real programs on a disk that does not answer, suspended together, and as process 1 of a container.

Run: real_stuck_test.py [unittest arguments]
"""

import os
import signal
import subprocess
import time
import unittest

import runs
import support
from real_case import CALM, GRID, LIMIT, TREND, RealCase, main, together

PATIENT = '[supervisor.liveness]\nlost_pings = 100\nstartup_progress_timeout = "10m"\n'
# What waits for the disk is told after a second; that it is a hang, never, or a second later.
TOLD = PATIENT + 'stuck_after = "1s"\nstuck_grace = "24h"\n'
HANGS = PATIENT + 'stuck_after = "1s"\nstuck_grace = "1s"\n'
SUSPENDED = 6.0   # seconds; more than any deadline below, and than the orchestrator's own for its supervisor


class StuckDisk(RealCase):
    def stuck(self, extra, sync_deadline):
        """A trading system, and the file that keeps its orchestrator's syncs from returning while it is there."""
        directory = self.directory()
        path = os.path.join(directory, "stuck")
        env = {"LD_PRELOAD": runs.KILL_AT, "KILL_PROGRAM": "orchestrator", "STUCK_SYNC": path}
        system = self.system(extra, env=env)
        with open(system.config_path, encoding="utf-8") as file:
            text = file.read().replace("[store]\n", f'[store]\nslow_after = "200ms"\nsync_deadline = "{sync_deadline}"\n')
        with open(system.config_path, "w", encoding="utf-8") as file:
            file.write(text)
        system.start()
        first = system.wait_trading()
        system.wait_until(lambda: not system.saved()["tally"]["reserved"], LIMIT, "the run is stable")
        with open(path, "w", encoding="utf-8"):
            pass
        return system, first, path

    def codes(self, system):
        return {alert["code"] for alert in system.rpc("alerts", {"limit": 100})["items"]}

    def last_crash(self, system):
        item = system.rpc("crashes", {"limit": 1})["items"][0]
        def whole():
            try:
                return system.rpc("crashes", {"id": item["id"]})
            except support.RpcError:
                return None
        return system.wait_until(whole, LIMIT, "its report is written")

    def test_it_is_degraded_and_told_and_works_again_when_the_disk_answers(self):
        system, first, path = self.stuck(TOLD, "1m")
        system.wait_until(lambda: system.status()["supervisor"]["degraded"] == ["disk"], LIMIT, "it is degraded")
        system.wait_until(lambda: "disk_stands_still" in self.codes(system), LIMIT, "and told")
        self.assertIn("DEGRADED: records wait for the disk", system.ask("status").stdout)
        self.assertEqual(system.state(), "running")
        os.unlink(path)
        system.wait_until(lambda: system.status()["supervisor"]["degraded"] == [], LIMIT, "it works again")
        one = system.wait_for(lambda one: one["fills"] > first["fills"] and one["trading"] == "active", "it trades again")
        self.assertEqual((one["pid"], system.restarts()), (first["pid"], 0))
        self.assertEqual(system.stop(), 0)

    def test_when_it_lasts_it_is_a_hang_with_its_report(self):
        system, first, path = self.stuck(HANGS, "1m")
        before = first["fills"]
        system.wait_until(lambda: system.restarts() >= 1, LIMIT, "it is ended")
        os.unlink(path)
        report = self.last_crash(system)
        self.assertEqual((report["summary"]["cause"], report["summary"]["pid"]), ("hang", first["pid"]))
        self.assertIn("records wait for the disk", report["summary"]["why"])
        self.assertTrue(report["evidence"])
        self.assertLessEqual({"disk_stands_still", "orchestrator_hung"}, self.codes(system))
        one = system.wait_trading(since=first["pid"])
        self.assertGreaterEqual(one["fills"], before)
        self.assertEqual(system.stop(), 0)

    def test_past_the_stores_deadline_the_store_has_failed_and_the_next_start_is_halted(self):
        system, first, path = self.stuck(PATIENT, "1s")
        system.wait_until(lambda: system.restarts() >= 1, LIMIT, "it has ended")
        os.unlink(path)
        crashes = system.rpc("crashes", {"limit": 100})["items"]
        self.assertEqual((crashes[-1]["pid"], crashes[-1]["exit_code"], crashes[-1]["counted"]), (first["pid"], 66, False))
        self.assertIn("store_failed", self.codes(system))
        one = system.wait_for(lambda one: one["pid"] != first["pid"] and one["phase"] == "running", "another runs")
        self.assertEqual(one["trading"], "halted")
        self.assertEqual(system.rpc("resume", {"reason": "the disk answers"}), {"halted": False})
        system.wait_for(lambda one: one["trading"] == "active" and one["fills"] > first["fills"], "it trades again")
        self.assertEqual(system.stop(), 0)


class Suspended(RealCase):
    """What a machine's sleep, or a virtual machine's pause, does to both of them at once."""

    def suspend(self, supervisor_first):
        # Deadlines of the supervisor: a second for an answer and for work, a second of silence for the orchestrator.
        system = self.system('[supervisor.liveness]\nlink_grace = "1s"\nstuck_after = "1s"\nstuck_grace = "1s"\n').start()
        first = system.wait_trading()
        pids = [system.process.pid, first["pid"]]
        if not supervisor_first:
            pids.reverse()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(SUSPENDED)   # the length of the suspension is what is tried
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        one = system.wait_for(lambda one: one["fills"] > first["fills"] and one["trading"] == "active", "it trades on")
        supervisor = system.status()["supervisor"]
        self.assertEqual((one["pid"], one["epoch"], supervisor["restarts"]["total"]), (first["pid"], first["epoch"], 0))
        self.assertEqual((supervisor["state"], supervisor["degraded"]), ("running", []))
        told = {alert["code"] for alert in system.rpc("alerts", {"limit": 100})["items"]}
        self.assertEqual(told, set())
        for word in ("supervisor_lost", "link_ended", "hung", "draining"):
            self.assertNotIn(word, system.log())
        self.assertEqual(system.stop(), 0)

    def test_both_suspended_for_many_deadlines_raise_no_false_alarm(self):
        together(self.suspend, [True, False])


def may_unshare():
    try:
        return subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@unittest.skipUnless(may_unshare(), "a process namespace of its own needs root, and leave to make one")
class Container(RealCase):
    """The supervisor as process 1. Its processes have other numbers in here: only numbers of /proc are signalled."""

    def start(self, extra=""):
        # Not a System: that would signal the numbers that status tells, which are those of the container.
        home = self.directory()
        os.chmod(home, 0o700)
        self.config = os.path.join(home, "config.toml")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(runs.synthetic_text(TREND, GRID, 60, CALM + extra))
        self.log_path = os.path.join(home, "output")
        with open(self.log_path, "wb") as output:
            outer = subprocess.Popen(["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", runs.SUPERVISOR, "run",
                                      "--config", self.config, "--home", home], stdin=subprocess.DEVNULL, stdout=output,
                                     stderr=output, start_new_session=True)
        inner = []
        # Last: nobody may still write into the home when it is removed.
        self.addCleanup(lambda: support.wait_until(lambda: not any(map(support.is_alive, inner)), LIMIT, "nobody is left"))
        self.addCleanup(outer.wait)
        self.addCleanup(outer.kill)   # and with it everything in there
        self.wait(lambda: self.children(outer.pid), "process 1 is there")
        inner += self.children(outer.pid)
        self.home = home
        self.wait(lambda: self.running(), "it trades in there")
        return outer, inner[0]

    home = ""

    def log(self):
        text = ""
        for path in (self.log_path, os.path.join(self.home, "logs", "supervisor.log")):
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    text += file.read()
        return text

    def wait(self, predicate, what):
        try:
            return support.wait_until(predicate, LIMIT, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()[-3000:]}") from None

    def rpc(self, method, params=None):
        client = support.Client(os.path.join(self.home, "control.sock"))
        try:
            return client.call(method, params)
        finally:
            client.close()

    def running(self):
        try:
            one = self.rpc("status")["orchestrator"]
        except (OSError, ConnectionError):
            return None
        return one if one and one.get("as_of") and one["phase"] == "running" and one["fills"] > 0 else None

    @staticmethod
    def children(pid):
        try:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
                return [int(word) for word in file.read().split()]
        except (FileNotFoundError, ProcessLookupError):
            return []

    def test_process_1_waits_for_the_orphans_of_others(self):
        directory = self.directory()
        command = os.path.join(directory, "command")
        with open(command, "w", encoding="utf-8") as file:   # its orphan has a session of its own and outlives it
            file.write(f"#!/bin/sh\ncat > /dev/null\ncd {directory}\nrm -f begun\n"
                       "setsid sh -c 'touch begun; sleep 0.1; echo done >> orphans' > /dev/null 2>&1 &\n"
                       "until [ -e begun ]; do sleep 0.01; done\n")
        os.chmod(command, 0o755)
        _, first = self.start(f'[alerts]\ncommand = ["{command}"]\n')
        for number in range(3):
            self.assertTrue(self.rpc("alert_test")["delivered"])
        path = os.path.join(directory, "orphans")
        self.wait(lambda: os.path.exists(path) and os.path.getsize(path) == len("done\n" * 3), "three orphans have ended")
        self.wait(lambda: len(self.children(first)) == 1, "nobody is left but the orchestrator")
        orchestrator = self.children(first)[0]
        os.kill(orchestrator, signal.SIGKILL)
        self.wait(lambda: self.running() and self.children(first) not in ([], [orchestrator]), "its own child it waits for, too")
        self.assertEqual(self.rpc("crashes", {"limit": 1})["items"][0]["signal"], "SIGKILL")

    def test_a_stop_of_the_container_ends_both_in_order(self):
        outer, first = self.start()
        self.assertEqual(self.rpc("status")["supervisor"]["pid"], 1)
        os.kill(first, signal.SIGHUP)
        self.wait(lambda: "reload by=SIGHUP taken=nothing" in self.log(), "a hangup reloads")
        os.kill(first, signal.SIGTERM)
        self.assertEqual(outer.wait(LIMIT), 0)
        inspected = subprocess.run([runs.ORCHESTRATOR, "store", "inspect", "--dir", os.path.join(self.home, "state")],
                                   capture_output=True, text=True, check=True, timeout=LIMIT)
        self.assertIn('"clean_stop":true', inspected.stdout)

    def test_the_end_of_process_1_leaves_nobody(self):
        outer, first = self.start()
        orchestrator = self.children(first)[0]
        os.kill(first, signal.SIGKILL)
        outer.wait(LIMIT)
        self.wait(lambda: not support.is_alive(orchestrator), "nobody is left")


if __name__ == "__main__":
    main()
