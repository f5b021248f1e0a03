"""A halt outlives every process; only a person lifts it. Real programs, killed in every combination.

Run: real_halt_test.py [unittest arguments]
"""

import os
import signal

import books
import runs
from real_case import LIMIT, RealCase, main, together
from support import RpcError

# The supervisor that is killed leaves an orchestrator behind, which is to end by itself soon.
SHORT_GRACE = '[supervisor.liveness]\nlink_grace = "1s"\n'
SLOW_STARTS = '[supervisor.restart]\nbackoff_base = "1m"\nbackoff_cap = "1m"\nstable_after = "1h"\n'


def halt_reasons(one):
    return [reason["text"] for reason in one["reasons"] if reason["source"] == "operator"]


class Halts(RealCase):
    def assert_halted(self, system, since=None):
        """Reconciled and running, with no order but stops and no new one, though the market goes on."""
        one = system.wait_for(lambda one: one["pid"] != since and one["phase"] == "running", "it runs again")
        self.assertEqual(one["trading"], "halted")
        self.assertTrue(any("drill" in text for text in halt_reasons(one)), one["reasons"])
        self.assertTrue(system.status()["supervisor"]["halted"])
        return one

    def assert_trades_again(self, system):
        self.assertEqual(system.rpc("resume", {"reason": "drill is over"}), {"halted": False})
        one = system.wait_for(lambda one: one["trading"] == "active", "it trades again")
        self.assertEqual(halt_reasons(one), [])
        system.wait_trading(fills=one["fills"] + 1)
        self.assertFalse(system.status()["supervisor"]["halted"])

    def halt_and_end(self, way):
        system = self.system(extra=SHORT_GRACE).start()
        first = system.wait_trading(fills=3)
        done = system.ask("halt", "a", "drill", "--wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("done, and seen to be done", done.stdout)
        before = system.inspect()
        supervisor = system.process.pid
        if way in ("supervisor", "both"):
            system.kill()
        if way in ("orchestrator", "both"):
            os.kill(first["pid"], signal.SIGKILL)
        if way == "stop":
            self.assertEqual(system.stop(), 0)
        if way != "orchestrator":
            self.assertNotEqual(system.start().process.pid, supervisor)
        self.assert_halted(system, since=first["pid"])
        after = system.inspect()
        self.assertEqual({order["client_id"] for order in after.ours["state"]["orders"]},
                         {order["client_id"] for order in before.ours["state"]["orders"]}, "a new order in a halt")
        self.assert_trades_again(system)
        self.assertEqual(system.stop(), 0)
        books.check_settled(system.inspect(), runs.INITIAL)

    def test_a_halt_outlives_either_program_both_and_a_clean_stop(self):
        together(self.halt_and_end, ["orchestrator", "supervisor", "both", "stop"])

    def halt_without_an_orchestrator(self, code, state):
        program = self.gate()
        system = self.system(extra=f'[supervisor]\norchestrator = "{program}"\n' + SLOW_STARTS).start()
        first = system.wait_trading()
        with open(program.replace("gate", "exit"), "w", encoding="utf-8") as file:
            file.write(str(code))
        os.kill(first["pid"], signal.SIGKILL)
        system.wait_state(state, LIMIT)
        self.assertIsNone(system.status()["orchestrator"])
        done = system.ask("halt", "a drill", "--json")
        self.assertEqual((done.returncode, done.stdout), (0, '{"halted":true,"durable":"supervisor"}\n'))
        for refused in ("resume over", "halt --scope grid over"):
            done = system.ask(*refused.split())
            self.assertEqual(done.returncode, 69, done.stdout)
            self.assertIn("no orchestrator runs", done.stderr)
        os.remove(program.replace("gate", "exit"))
        if state == "parked":
            self.assertEqual(system.rpc("clear"), {"from": "parked", "to": "safe"})
            system.wait_state("safe_mode", LIMIT)
            self.assertEqual(system.rpc("clear"), {"from": "safe", "to": "recovery"})
            system.wait_state("running", LIMIT)
        else:
            system.rpc("restart")
        self.assert_halted(system, since=first["pid"])
        self.assert_trades_again(system)
        self.assertEqual(system.stop(), 0)

    def test_a_halt_while_no_orchestrator_runs_is_passed_on_at_the_next_start(self):
        together(self.halt_without_an_orchestrator, [65, 70], ["parked", "backing_off"])

    def test_the_halt_of_one_strategy_leaves_the_other_alone(self):
        system = self.system().start()
        first = system.wait_trading(fills=2)
        self.assertTrue(system.rpc("halt", {"reason": "drill", "scope": "trend"})["halted"])
        os.kill(first["pid"], signal.SIGKILL)
        later = system.wait_trading(fills=first["fills"], since=first["pid"])
        self.assertEqual({name["name"]: name["trading"] for name in later["strategies"]}, {"trend": "halted", "grid": "active"})
        system.wait_trading(fills=later["fills"] + 2)
        self.assertEqual(system.rpc("resume", {"reason": "over"}), {"halted": False})
        with self.assertRaises(RpcError) as refused:
            system.rpc("halt", {"reason": "drill", "scope": "nobody"})
        self.assertEqual(refused.exception.code, -32602)
        self.assertEqual(system.stop(), 0)


if __name__ == "__main__":
    main()
