"""How the supervisor protects itself: whose home it takes, what it may use, and that a day of churn costs no memory.

Run: supervisor_protection_test.py SUPERVISOR FAKE_ORCHESTRATOR [unittest arguments]
"""

import os
import resource

from supervisor_case import WithSupervisor, main

SETTLED = 60     # restarts; more than there are reports kept: from here on nothing may grow
RESTARTS = 160

# Deaths after progress, each followed at once.
CHURN = """
[supervisor.liveness]
ping_interval = "20ms"
"""


def memory_kib(pid):
    """What it has written into its memory."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Private_Dirty"))


class Home(WithSupervisor):
    def refused(self, supervisor, story):
        self.assertEqual(supervisor.spawn().wait_exit(), 64)
        self.assertIn(story, supervisor.log())
        self.assertFalse(os.path.exists(os.path.join(supervisor.home, "LOCK")))

    def test_a_home_that_everybody_can_write_is_refused(self):
        supervisor = self.supervisor()
        os.chmod(supervisor.home, 0o777)
        self.refused(supervisor, "can be written by everybody")

    def test_another_users_home_is_refused(self):
        if os.geteuid() != 0:
            self.skipTest("only root can give a directory away")
        supervisor = self.supervisor()
        os.chown(supervisor.home, 12345, -1)
        self.refused(supervisor, "belongs to another user (uid 12345)")


class Bounds(WithSupervisor):
    def limits(self, pid):
        return resource.prlimit(pid, resource.RLIMIT_NOFILE)[0], resource.prlimit(pid, resource.RLIMIT_DATA)[0]

    def test_the_supervisor_limits_itself_and_not_its_child(self):
        ours = self.limits(os.getpid())
        supervisor = self.supervisor().start()
        supervisor.wait_state("running")
        self.assertEqual(self.limits(supervisor.process.pid)[0], 256)
        self.assertEqual(self.limits(supervisor.pid()), ours)
        supervisor.rpc("upgrade")
        supervisor.wait_until(lambda: "take_over" in supervisor.log(), what="the next program has taken over")
        supervisor.wait_until(supervisor.is_served, what="it serves")
        self.assertEqual(self.limits(supervisor.process.pid)[0], 256)
        pid = supervisor.pid()
        supervisor.rpc("restart")
        self.assertEqual(self.limits(supervisor.wait_new_pid(pid)), ours)

    def churn(self, supervisor, until):
        supervisor.wait_until(lambda: supervisor.restarts() >= until, 300, f"{until} restarts")
        return memory_kib(supervisor.process.pid), len(os.listdir(f"/proc/{supervisor.process.pid}/fd"))

    def test_restart_after_restart_leaves_nothing_behind(self):
        supervisor = self.supervisor("short", config=CHURN).start()
        before, _ = self.churn(supervisor, SETTLED)
        after, descriptors = self.churn(supervisor, RESTARTS)
        self.assertLess(descriptors, 40)
        self.assertLess(after - before, 256, f"KiB, from {before}")
        self.assertLessEqual(len(supervisor.rpc("crashes", {"limit": 100})["items"]), 50)
        self.assertLessEqual(len(os.listdir(os.path.join(supervisor.home, "crashes"))), 60)
        self.assertLess(os.path.getsize(os.path.join(supervisor.home, "alerts.log")), 1024 * 1024)
        self.assertEqual(supervisor.status()["supervisor"]["restarts"]["in_window"], 0)


if __name__ == "__main__":
    main()
