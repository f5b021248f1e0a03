"""The orchestrator is killed at random before an exchange that loses answers, doubles, drops and turns pushes round.

Like random_kills_test, with orchestrator_faulty: the product's shell before a hostile exchange. The exchange's own record
is the judge: no order twice, no fill lost or counted twice, books equal at the end. A soak, no part of the suite:
S1MPLE_BIN=... S1MPLE_FAULTY=.../orchestrator_faulty hostile_kills_test.py; S1MPLE_RANDOM_KILLS says how many.
"""

import os
import unittest

import books
import random_kills_test
import runs
import support
from random_kills_test import KILLS, SEED

FAULTY = os.environ.get("S1MPLE_FAULTY", os.path.join(runs.BIN, "../tests/orchestrator_faulty"))
MIX = os.environ.get("S1MPLE_FAULTS", f"seed={SEED} lost=50 unclear=20 doubled=100 dropped=20 late=200 lag_ms=300")
# Impatient, so that what was lost is looked for within the test's moments, and trading comes back after a breaker.
HOSTILE = '[execution]\nrequest_timeout = "300ms"\n[reconciliation]\ninterval = "1s"\nquery_timeout = "300ms"\n' \
          'retry_base = "20ms"\nretry_cap = "200ms"\n[breaker]\nmax_failures = 1000\nmax_in_doubt = 50\n'


class HostileKills(unittest.TestCase):
    def test_books_agree_with_a_hostile_exchange(self):
        os.environ["S1MPLE_FAULTS"] = MIX
        with runs.Home() as work:
            extra = f'[supervisor]\norchestrator = "{os.path.abspath(FAULTY)}"\n' + random_kills_test.PATIENT + HOSTILE
            config = runs.synthetic_config(work, random_kills_test.TREND, random_kills_test.GRID, rows_per_s=400, extra=extra)
            with open(config, encoding="utf-8") as text:
                supervisor = support.Supervisor(runs.SUPERVISOR, text.read())
            try:
                self.kill_and_look(supervisor)
            finally:
                supervisor.cleanup()

    def kill_and_look(self, supervisor):
        chance = random_kills_test.random.Random(SEED)
        supervisor.start()
        client = support.Client(os.path.join(supervisor.home, "control.sock"))
        killed = None
        for number in range(KILLS):
            early = number % 4 == 3

            def fresh():
                one = client.call("status")["orchestrator"]
                if not one or one["pid"] == killed:
                    return None
                return one if early or (one.get("epoch") and one.get("phase") == "running") else None
            try:
                one = support.wait_until(fresh, 60, f"trading again after kill {number}")
            except AssertionError as late:
                raise AssertionError(f"{late}: {client.call('status')}") from None
            supervisor.seen.add(one["pid"])
            support.time.sleep(chance.random() * (0.05 if early else 1.0))
            os.kill(one["pid"], support.signal.SIGKILL)
            killed = one["pid"]
            if number % 10 == 9:
                random_kills_test.looked_at_safely(supervisor.home)
        # Until nothing is in doubt: the exchange answers most of the time.
        def settled():
            status = client.call("status")["orchestrator"]
            if not status or status.get("phase") != "running":
                return None
            return status if not status.get("in_doubt") else None
        status = support.wait_until(settled, 60, "a settled state")
        client.close()
        self.assertEqual(supervisor.stop(), 0)
        after = books.read(runs.ORCHESTRATOR, supervisor.home)
        kinds = random_kills_test.collections.Counter(d["found"]["kind"] for d in after.ours["state"]["discrepancies"])
        books.check_settled(after, runs.INITIAL)
        print(f"\n{KILLS} kills before a hostile exchange ({MIX}): {len(after.our_fills)} fills, the same on both sides; "
              f"trading {status['trading']}; found on the way: {dict(kinds)}", flush=True)


if __name__ == "__main__":
    unittest.main()
