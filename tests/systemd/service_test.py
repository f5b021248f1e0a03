"""The service under a real systemd, as the unit file says it. Runs inside the container that container.py makes, as root.

What systemd keeps is seen here, not assumed: the orchestrator must outlive every end of the supervisor but a stop.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

SOURCE = "/opt/source"
sys.path.insert(0, os.path.join(SOURCE, "tests", "e2e"))

import runs       # noqa: E402
import support    # noqa: E402

HOME = "/var/lib/s1mpletrader"
SOCKET = "/run/s1mpletrader/control.sock"
UNIT = "s1mpletrader.service"
GRID = 'levels = 3\nspacing = "0.0005"\nquantity = "0.005"\nstart_levels = 2\nrecentre_after = "1h"\n'
TREND = 'fast = 3\nslow = 9\nbar = "0s"\nquantity = "0.01"\nstop_distance = "0.002"\n'
DRAINED = 15   # seconds; the drain's deadline is 10


def systemctl(*words, check=True):
    done = subprocess.run(["systemctl", *words], capture_output=True, text=True, check=False, timeout=90)
    if check and done.returncode != 0:
        raise AssertionError(f"systemctl {words}: {done.stderr}{journal()}")
    return done.stdout.strip()


def show(name):
    return systemctl("show", UNIT, "-p", name, "--value")


def journal():
    done = subprocess.run(["journalctl", "-u", UNIT, "--no-pager", "-o", "cat", "-n", "40"], capture_output=True, text=True, check=False)
    return "\n" + done.stdout


def install():
    with open(f"{SOURCE}/deploy/{UNIT}", encoding="utf-8") as file:
        text = file.read().replace("/usr/libexec/s1mpletrader/", "/opt/s1mpletrader/")
    with open(f"/etc/systemd/system/{UNIT}", "w", encoding="utf-8") as file:
        file.write(text)
    subprocess.run(["systemd-sysusers", f"{SOURCE}/deploy/s1mpletrader.sysusers"], check=True)
    os.makedirs("/etc/s1mpletrader", exist_ok=True)
    with open("/etc/s1mpletrader/paper.toml", "w", encoding="utf-8") as file:
        file.write(runs.synthetic_text(TREND, GRID, 5, '[supervisor]\ngroup = "s1mple"\n'))
    systemctl("daemon-reload")


@contextlib.contextmanager
def other_configuration(text, add=False):
    path = "/etc/s1mpletrader/paper.toml"
    with open(path, encoding="utf-8") as file:
        before = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + text if add else text)
    try:
        yield
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(before)


def drop_in(text):
    directory = f"/run/systemd/system/{UNIT}.d"
    shutil.rmtree(directory, ignore_errors=True)
    if text:
        os.makedirs(directory)
        with open(f"{directory}/test.conf", "w", encoding="utf-8") as file:
            file.write("[Service]\n" + text)
    systemctl("daemon-reload")


def processes(program):
    """The living processes of one of our programs."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if words[0] == f"/opt/s1mpletrader/{program}".encode() and words[1:2] == [b"run"] and support.is_alive(name):
            found.append(int(name))
    return found


def ask(method, params=None):
    client = support.Client(SOCKET)
    try:
        return client.call(method, params)
    finally:
        client.close()


def status():
    try:
        return ask("status")
    except (OSError, ConnectionError):
        return None


def is_stable():
    with open(f"{HOME}/supervisor.json", encoding="utf-8") as file:
        return not json.load(file)["tally"]["reserved"]


class Service(unittest.TestCase):
    def setUp(self):
        drop_in("")
        systemctl("start", UNIT)
        self.pid = self.wait_running()

    def tearDown(self):
        systemctl("stop", UNIT, check=False)
        systemctl("reset-failed", UNIT, check=False)
        support.wait_until(lambda: not processes("orchestrator"), DRAINED, "no orchestrator is left")

    def wait_running(self):
        """The pid of the one orchestrator, which runs, reconciled."""
        def running():
            now = status()
            one = now and now["orchestrator"]
            return one if one and one.get("as_of") and one["phase"] == "running" else None
        try:
            one = support.wait_until(running, 30, "the orchestrator runs")
        except AssertionError as error:
            raise AssertionError(f"{error}{journal()}") from None
        self.assertEqual(processes("orchestrator"), [one["pid"]])
        return one["pid"]

    def orders(self):
        return {order["client_id"]: order["price"] for order in ask("orders")["items"]}

    def deaths_told(self):
        return sum(alert["code"] == "supervisor_died" for alert in ask("alerts", {"limit": 100})["items"])

    def wait_other_supervisor(self, before):
        def other():
            now = int(show("MainPID"))
            return now if now not in (0, before) and status() else None
        return support.wait_until(other, 20, "another supervisor serves" + journal())

    def assert_taken_over(self, before, orders):
        """By another supervisor; it is the same process with the same resting orders, and there is no other."""
        after = self.wait_other_supervisor(before)
        self.assertEqual(self.wait_running(), self.pid)
        self.assertEqual(status()["supervisor"]["restarts"]["total"], 0)
        kept = set(orders.items()) & set(self.orders().items())
        self.assertGreaterEqual(len(kept), len(orders) - 2)   # the market goes on: one or two may have been filled
        return after

    def test_start_blocks_until_the_socket_is_served_and_the_descriptors_are_kept(self):
        self.assertEqual(show("ActiveState"), "active")
        self.assertEqual(show("NFileDescriptorStore"), "5")
        self.assertTrue(os.path.exists(SOCKET))

    def test_a_killed_supervisor_is_followed_by_one_that_takes_over(self):
        orders = self.orders()
        supervisor = int(show("MainPID"))
        for _ in range(3):
            os.kill(supervisor, signal.SIGKILL)
            supervisor = self.assert_taken_over(supervisor, orders)
        self.assertEqual(show("NFileDescriptorStore"), "5")

    def test_a_restart_hands_over(self):
        orders, supervisor = self.orders(), int(show("MainPID"))
        died = self.deaths_told()
        systemctl("restart", UNIT)
        self.assert_taken_over(supervisor, orders)
        self.assertEqual(self.deaths_told(), died)

    def test_a_reload_takes_over_what_may_change_and_says_what_it_refuses(self):
        supervisor = int(show("MainPID"))
        with other_configuration('[alerts]\ntimeout = "7s"\n', add=True):
            systemctl("reload", UNIT)
            self.assertIn("taken=alerts.timeout", journal())
            support.wait_until(lambda: show("ActiveState") == "active", 10, "it runs again")
            os.kill(supervisor, signal.SIGHUP)
            support.wait_until(lambda: "reload by=SIGHUP taken=nothing" in journal(), 20, "so does a signal")
            support.wait_until(lambda: show("ActiveState") == "active", 10, "it runs again")
        with other_configuration("[alerts]\nhook = 1\n"):
            refused = subprocess.run(["systemctl", "reload", UNIT], capture_output=True, text=True, timeout=90, check=False)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("unknown key 'hook' in [alerts]", journal())
        self.assertEqual((show("ActiveState"), show("SubState"), int(show("MainPID"))), ("active", "running", supervisor))
        self.assertEqual(self.wait_running(), self.pid)
        systemctl("reload", UNIT)

    def test_sigusr2_by_hand_is_followed_by_a_start(self):
        orders, supervisor = self.orders(), int(show("MainPID"))
        os.kill(supervisor, signal.SIGUSR2)
        self.assert_taken_over(supervisor, orders)

    def test_a_supervisor_that_hangs_is_replaced_by_the_watchdog(self):
        systemctl("stop", UNIT)
        drop_in("WatchdogSec=2s\n")
        systemctl("start", UNIT)
        self.pid = self.wait_running()
        orders, supervisor = self.orders(), int(show("MainPID"))
        os.kill(supervisor, signal.SIGSTOP)
        self.assert_taken_over(supervisor, orders)

    def test_upgrade_keeps_both_processes_and_the_store(self):
        orders, supervisor = self.orders(), int(show("MainPID"))
        self.assertTrue(ask("upgrade")["accepted"])
        support.wait_until(lambda: "take_over" in journal(), 20, "the next program has taken over")
        self.assertEqual(self.wait_running(), self.pid)
        self.assertEqual(int(show("MainPID")), supervisor)
        os.kill(supervisor, signal.SIGKILL)
        self.assert_taken_over(supervisor, orders)

    def test_an_orchestrator_that_dies_after_a_take_over_is_restarted_and_its_descriptors_go(self):
        supervisor = int(show("MainPID"))
        os.kill(supervisor, signal.SIGKILL)
        self.wait_other_supervisor(supervisor)
        self.wait_running()
        os.kill(self.pid, signal.SIGKILL)
        support.wait_until(lambda: processes("orchestrator") not in ([], [self.pid]), 20, "another one is started")
        self.assertNotEqual(self.wait_running(), self.pid)
        support.wait_until(lambda: show("NFileDescriptorStore") == "5", 10, "only its descriptors are kept")

    def test_an_orchestrator_that_hangs_after_a_take_over_is_seen_and_replaced(self):
        supervisor = int(show("MainPID"))
        os.kill(supervisor, signal.SIGKILL)
        self.wait_other_supervisor(supervisor)
        self.wait_running()
        os.kill(self.pid, signal.SIGSTOP)
        support.wait_until(lambda: processes("orchestrator") not in ([], [self.pid]), 20, "another one is started" + journal())
        self.assertNotEqual(self.wait_running(), self.pid)
        crash = ask("crashes", {"limit": 1})["items"][0]
        self.assertEqual((crash["pid"], crash["cause"]), (self.pid, "hang"))

    def test_both_killed_leaves_one_new_orchestrator(self):
        supervisor = int(show("MainPID"))
        support.wait_until(is_stable, 20, "its death would count nothing")
        os.kill(supervisor, signal.SIGKILL)
        os.kill(self.pid, signal.SIGKILL)
        self.wait_other_supervisor(supervisor)
        self.assertNotEqual(self.wait_running(), self.pid)
        crash = ask("crashes", {"limit": 1})["items"][0]
        self.assertEqual((crash["pid"], crash["cause"], crash["counted"]), (self.pid, "unknown", False))

    def test_a_crash_loop_leads_to_safe_and_to_parked_and_the_service_stays_up(self):
        systemctl("stop", UNIT)
        drop_in('Environment="FAKE_PLAN=signal=11"\n')
        text = '[supervisor]\norchestrator = "/opt/tests/fake_orchestrator"\n[supervisor.restart]\nbackoff_base = "10ms"\nbackoff_cap = "20ms"\n'
        with other_configuration(text):
            systemctl("start", UNIT)
            support.wait_until(lambda: status() and status()["supervisor"]["state"] == "parked", 60, "it is parked" + journal())
            modes = [crash["mode"] for crash in ask("crashes", {"limit": 8})["items"]]
            self.assertEqual(modes, ["safe"] * 3 + ["recovery"] * 4 + [modes[-1]])
            self.assertEqual((show("ActiveState"), show("NRestarts")), ("active", "0"))
            self.assertEqual(show("StatusText"), "parked")
            systemctl("stop", UNIT)
        drop_in("")
        systemctl("start", UNIT)   # another program: a ladder of its own
        self.pid = self.wait_running()

    def test_a_credential_reaches_the_alert_command_and_the_journal_knows_priorities(self):
        systemctl("stop", UNIT)
        os.makedirs("/etc/s1mpletrader/credentials", mode=0o700, exist_ok=True)
        for path, text, mode in (("credentials/alert-token", "abc", 0o600),
                                 ("alert", '#!/bin/sh\ncat "$CREDENTIALS_DIRECTORY/alert-token" >/var/lib/s1mpletrader/got\n', 0o755)):
            with open(f"/etc/s1mpletrader/{path}", "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(f"/etc/s1mpletrader/{path}", mode)
        os.chmod("/etc/s1mpletrader", 0o755)
        drop_in("LoadCredential=alert-token:/etc/s1mpletrader/credentials/alert-token\n")
        with other_configuration('[alerts]\ncommand = ["/etc/s1mpletrader/alert"]\n', add=True):
            systemctl("start", UNIT)
            self.wait_running()
            self.assertTrue(ask("alert_test")["delivered"])
            with open(f"{HOME}/got", encoding="utf-8") as file:
                self.assertEqual(file.read(), "abc")
            with open(f"/proc/{show('MainPID')}/environ", encoding="utf-8") as file:
                self.assertNotIn("abc", file.read())
            notices = subprocess.run(["journalctl", "-u", UNIT, "-p", "notice..notice", "-o", "cat", "--no-pager"],
                                     capture_output=True, text=True, check=True).stdout
            self.assertIn("supervisor_start", notices)
            self.assertNotIn("<5>", notices)
            systemctl("stop", UNIT)

    def test_a_stop_leaves_no_process(self):
        begun = time.monotonic()
        systemctl("stop", UNIT)
        self.assertEqual(processes("orchestrator") + processes("supervisor"), [])
        self.assertLess(time.monotonic() - begun, DRAINED)
        self.assertEqual(show("Result"), "success")
        self.assertEqual(show("NFileDescriptorStore"), "0")

    def test_a_stop_while_the_supervisor_is_dead_leaves_no_process(self):
        drop_in("RestartSec=60s\n")
        os.kill(int(show("MainPID")), signal.SIGKILL)
        support.wait_until(lambda: show("SubState") == "auto-restart", 10, "systemd waits for the next start")
        self.assertEqual(processes("orchestrator"), [self.pid])
        systemctl("stop", UNIT)
        support.wait_until(lambda: not processes("orchestrator"), DRAINED, "it has seen the store's end" + journal())
        with open(f"{HOME}/crashes/last-words-{self.pid}", encoding="utf-8") as file:
            self.assertIn("exit 69\n", file.readlines())

    def test_a_stop_that_the_supervisor_cannot_follow_leaves_no_process(self):
        drop_in("TimeoutStopSec=2s\n")
        os.kill(int(show("MainPID")), signal.SIGSTOP)   # systemd kills it when its time is over
        systemctl("stop", UNIT, check=False)
        support.wait_until(lambda: not processes("orchestrator") and not processes("supervisor"), DRAINED, "both have ended")


if __name__ == "__main__":
    install()
    unittest.main(verbosity=2)
