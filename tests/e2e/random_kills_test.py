"""The orchestrator is killed again and again at random under its supervisor, in a fast market with resting orders.

While it runs, what the exchange has is looked at before and after what we have: an order there has its intent here,
and a fill here is one there. At the end, after a clean stop, both sides' books are the same.
"""

import os
import random
import unittest

import books
import runs
import support

KILLS = int(os.environ.get("S1MPLE_RANDOM_KILLS", "200"))
SEED = int(os.environ.get("S1MPLE_SEED", "11"))
TREND = 'fast = 3\nslow = 9\nbar = "0s"\nquantity = "0.01"\nstop_distance = "0.002"\n'
GRID = 'levels = 4\nspacing = "0.0005"\nquantity = "0.005"\nstart_levels = 2\nrecentre_after = "2s"\n'
PATIENT = '[supervisor.restart]\nsafe_after = 100\nparked_after = 100\nbackoff_base = "10ms"\nbackoff_cap = "20ms"\n'


def looked_at_safely(home):
    """Reads the exchange, then us, then the exchange; nothing stands still meanwhile."""
    state, paper = os.path.join(home, "state"), os.path.join(home, "state", "paper")
    before = books.inspect(runs.ORCHESTRATOR, paper)
    ours = books.inspect(runs.ORCHESTRATOR, state)
    after = books.inspect(runs.ORCHESTRATOR, paper)
    known = {order["client_id"] for order in ours["state"]["orders"]}
    unknown = [o["client_id"] for o in before["state"]["orders"] if o["client_id"] not in known]
    assert not unknown, f"at the exchange without an intent of ours: {unknown}"
    there = {books.fill_key(fill) for fill in after["state"]["fills"]}
    assert {books.fill_key(fill) for fill in ours["state"]["fills"]} <= there, "we count a fill that the exchange does not have"
    books.unique(ours["state"]["fills"], "exec_id", "fill counted")


class RandomKills(unittest.TestCase):
    def test_books_agree_after_many_random_kills(self):
        chance = random.Random(SEED)
        with runs.Home() as work:
            config = runs.synthetic_config(work, TREND, GRID, rows_per_s=400, extra=PATIENT)
            with open(config, encoding="utf-8") as text:
                supervisor = support.Supervisor(runs.SUPERVISOR, text.read())
            try:
                self.kill_and_look(supervisor, chance)
            finally:
                supervisor.cleanup()

    def kill_and_look(self, supervisor, chance):
        supervisor.start()
        client = support.Client(os.path.join(supervisor.home, "control.sock"))
        killed = None
        for number in range(KILLS):
            def fresh():
                one = client.call("status")["orchestrator"]
                ready = one and one["pid"] != killed and one.get("epoch") and one.get("phase") == "running"
                return one["pid"] if ready else None
            pid = support.wait_until(fresh, 20, f"trading again after kill {number} (seed {SEED})")
            support.time.sleep(chance.random() * 0.3)   # where the kill falls, not what is waited for
            os.kill(pid, support.signal.SIGKILL)
            killed = pid
            if number % 10 == 9:
                looked_at_safely(supervisor.home)
        support.wait_until(lambda: (client.call("status")["orchestrator"] or {}).get("phase") == "running", 20, "the last start")
        fills = client.call("status")["orchestrator"]["fills"]
        client.close()
        self.assertEqual(supervisor.stop(), 0)
        self.assertFalse(os.path.exists(os.path.join(supervisor.home, "state", "state.json.journal")))
        after = books.read(runs.ORCHESTRATOR, supervisor.home)
        self.assertTrue(after.ours["clean_stop"])
        books.check_settled(after, runs.INITIAL)
        self.assertGreater(fills, KILLS)
        print(f"\n{KILLS} kills, seed {SEED}: {len(after.our_fills)} fills, the same on both sides", flush=True)


if __name__ == "__main__":
    unittest.main()
