"""The real programs as a service: the supervisor is killed, replaced and handed over, and trading goes on meanwhile."""

import os
import signal

import real_case
import support
from service_manager import ServiceManager


class Adoption(real_case.RealCase):
    def service(self, **named):
        manager = ServiceManager()
        self.addCleanup(manager.close)
        system = self.system(**named)
        manager.start(system)
        return system, manager

    def open_orders(self, system):
        """What rests at the exchange, by client id, without what a fill changes."""
        return {order["client_id"]: (order["side"], order["price"], order["quantity"])
                for order in system.rpc("orders", {"limit": 100})["items"]}

    def orchestrators(self, home):
        """Every living process that runs an orchestrator on this home, from /proc."""
        found = []
        for name in os.listdir("/proc"):
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if len(words) > 1 and words[0].endswith(b"/orchestrator") and words[1] == b"run" and home.encode() in words:
                found += [int(name)] if support.is_alive(name) else []
        return found

    def test_a_killed_supervisor_changes_nothing_for_the_orchestrator_and_its_orders(self):
        system, manager = self.service()
        before = system.wait_trading(fills=3)
        pid, epoch = before["pid"], before["epoch"]
        held = system.inspect()
        for _ in range(3):
            system.kill()
            self.assertEqual(self.orchestrators(system.home), [pid])
            manager.start(system)
            self.assertEqual(self.orchestrators(system.home), [pid])
            after = system.wait_for(lambda one: one["phase"] == "running" and one["trading"] == "active", "it trades on")
            self.assertEqual((after["pid"], after["epoch"]), (pid, epoch))
        fills = after["fills"]
        system.wait_for(lambda one: one["fills"] > fills, "it fills on")
        self.assertEqual(system.status()["supervisor"]["restarts"]["total"], 0)
        self.assertEqual(system.stop(), 0)
        after = self.assert_clean_stop(system, pid)
        self.assert_nothing_lost(held, after)

    def test_open_orders_are_the_same_ones_after_a_hand_over(self):
        # Hardly a trade: what rests stays where it is, but for what one of them may fill meanwhile.
        system, manager = self.service(rows_per_s=1)
        system.wait_for(lambda one: one["phase"] == "running" and one["orders"]["open"] >= 4, "orders rest")
        pid, orders = system.pid(), self.open_orders(system)
        system.process.send_signal(signal.SIGUSR2)
        self.assertEqual(system.wait_exit(), 71)
        self.assertEqual(self.orchestrators(system.home), [pid])
        manager.start(system)
        one = system.wait_for(lambda one: one["phase"] == "running", "it was taken over")
        self.assertEqual(one["pid"], pid)
        after = self.open_orders(system)
        same = {client_id for client_id in orders if after.get(client_id) == orders[client_id]}
        self.assertGreaterEqual(len(same), len(orders) - 1)
        self.assertEqual(one["reasons"], [])

    def test_a_halt_that_only_the_supervisor_has_latched_reaches_the_one_it_takes_over(self):
        system, manager = self.service()
        system.wait_trading()
        pid = system.pid()
        os.kill(pid, signal.SIGSTOP)   # it hears nothing of the halt
        answer = system.rpc("halt", {"reason": "drill"})
        self.assertEqual(answer["durable"], "supervisor")
        system.kill()
        os.kill(pid, signal.SIGCONT)
        manager.start(system)
        one = system.wait_for(lambda one: one["trading"] == "halted", "it is halted")
        self.assertEqual(one["pid"], pid)
        self.assertEqual(self.orchestrators(system.home), [pid])

    def test_a_released_store_ends_it_in_order_with_69(self):
        system, manager = self.service()
        system.wait_trading()
        pid = system.pid()
        system.kill()
        manager.release()
        system.wait_dead(pid)
        after = system.inspect()
        self.assertTrue(after.ours["clean_stop"])
        self.assertTrue(after.theirs["clean_stop"])
        with open(os.path.join(system.home, "crashes", f"last-words-{pid}"), encoding="utf-8") as file:
            self.assertIn("exit 69\n", file.readlines())

    def test_a_reaped_one_has_ended_in_order(self):
        system, manager = self.service()
        system.wait_trading()
        pid = system.pid()
        system.kill()
        system.env["SERVICE_RESULT"] = "success"
        done = system.ask("reap")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(support.is_alive(pid))
        self.assertTrue(system.inspect().ours["clean_stop"])


class Upgrade(real_case.RealCase):
    def test_the_supervisor_is_replaced_under_a_trading_orchestrator(self):
        system = self.system().start()
        before = system.wait_trading(fills=3)
        supervisor = system.process.pid
        done = system.ask("upgrade")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        system.wait_until(lambda: "take_over" in system.log(), what="the next program has taken over")
        after = system.wait_for(lambda one: one["phase"] == "running" and one["fills"] > before["fills"], "it fills on")
        self.assertEqual((after["pid"], after["epoch"]), (before["pid"], before["epoch"]))
        self.assertEqual(system.status()["supervisor"]["pid"], supervisor)
        self.assertEqual(system.stop(), 0)
        self.assert_clean_stop(system, before["pid"])


if __name__ == "__main__":
    real_case.main()
