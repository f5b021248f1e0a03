"""The orchestrator is killed again and again at random under its supervisor, in a fast market with resting orders.

Most kills fall while both strategies have orders resting at the exchange; every fourth falls while the orchestrator is
still starting. While it runs, what the exchange has is looked at before and after what we have: an order there has its
intent here, and a fill here is one there. At the end, after a clean stop, both sides' books are the same.
"""

import collections
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
# Nothing but this test's kills ends it: a machine that is busy for a second is no hang here.
PATIENT = '[supervisor.liveness]\nlost_pings = 100\nstartup_progress_timeout = "1h"\n' \
          '[supervisor.restart]\nsafe_after = 100\nparked_after = 100\nbackoff_base = "10ms"\nbackoff_cap = "20ms"\n'


def looked_at_safely(home):
    """Reads the exchange, then us, then the exchange; nothing stands still meanwhile."""
    state, paper = os.path.join(home, "state"), os.path.join(home, "state", "paper")
    before = books.inspect(runs.ORCHESTRATOR, paper)
    ours = books.inspect(runs.ORCHESTRATOR, state)
    after = books.inspect(runs.ORCHESTRATOR, paper)
    known = {order["client_id"] for order in ours["state"]["orders"]}
    unknown = [o["client_id"] for o in before["state"]["orders"] if o["client_id"] not in known]
    assert not unknown, f"at the exchange without an intent of ours: {unknown}"
    books.check_one_side(before["state"], "the exchange's")
    books.check_one_side(ours["state"], "our")
    there = {books.fill_key(fill) for fill in after["state"]["fills"]}
    here = {books.fill_key(fill) for fill in ours["state"]["fills"]}
    assert here <= there, f"we count fills that the exchange does not have: {sorted(here - there)}"


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
        self.epochs, self.resting, killed = [], collections.Counter(), None
        for number in range(KILLS):
            early = number % 4 == 3

            def fresh():
                one = client.call("status")["orchestrator"]
                if not one or one["pid"] == killed:
                    return None
                if early or (one.get("epoch") and one.get("phase") == "running"):
                    return one
                return None
            try:
                one = support.wait_until(fresh, 30, f"trading again after kill {number} (seed {SEED})")
            except AssertionError as late:
                raise AssertionError(f"{late}: {client.call('status')}") from None
            supervisor.seen.add(one["pid"])
            self.note(one)
            support.time.sleep(chance.random() * (0.05 if early else 0.25))   # where the kill falls, not what is waited for
            os.kill(one["pid"], support.signal.SIGKILL)
            killed = one["pid"]
            if number % 10 == 9:
                looked_at_safely(supervisor.home)
        status = support.wait_until(lambda: self.running(client), 30, "the last start")
        others = [line for line in supervisor.log().split("\n") if " death " in line and "signal 9" not in line]
        self.assertEqual(status["supervisor"]["restarts"]["total"], KILLS, f"it also died by itself: {others}")
        fills = status["orchestrator"]["fills"]
        client.close()
        self.assertEqual(supervisor.stop(), 0)
        self.assertFalse(os.path.exists(os.path.join(supervisor.home, "state", "state.json.journal")))
        after = books.read(runs.ORCHESTRATOR, supervisor.home)
        self.assertTrue(after.ours["clean_stop"])
        books.check_settled(after, runs.INITIAL)
        self.assertGreater(fills, KILLS)
        self.assertGreaterEqual(after.ours["epoch"], max(self.epochs))
        for strategy in ("trend", "grid"):
            self.assertGreater(self.resting[strategy], KILLS // 10, f"{strategy} hardly had an order resting at a kill")
            self.assertGreater(sum(1 for fill in after.our_fills.values() if fill["strategy"] == strategy), KILLS // 10)
        print(f"\n{KILLS} kills, seed {SEED}, with orders resting {dict(self.resting)}: {len(after.our_fills)} fills, "
              "the same on both sides", flush=True)

    @staticmethod
    def running(client):
        status = client.call("status")
        return status if status["orchestrator"] and status["orchestrator"].get("phase") == "running" else None

    def note(self, one):
        for strategy in {order["strategy"] for order in one.get("open_orders", [])}:
            self.resting[strategy] += 1
        if one.get("epoch"):
            self.assertTrue(not self.epochs or one["epoch"] > self.epochs[-1], f"epoch {one['epoch']} after {self.epochs[-1:]}")
            self.epochs.append(one["epoch"])


if __name__ == "__main__":
    unittest.main()
