"""Safe mode, cancel-all and identities: what is left when the ordinary way is not trusted.

Run: real_last_resort_test.py [unittest arguments]
"""

import json
import os
import shutil
import signal
import subprocess

import books
import runs
from real_case import LIMIT, RealCase, main


# A stop so far away that it is not reached.
CALM_TREND = 'fast = 2\nslow = 12\nbar = "0s"\nquantity = "0.01"\nstop_distance = "0.1"\n'


def orchestrator(*arguments):
    return subprocess.run([runs.ORCHESTRATOR, *arguments], capture_output=True, text=True, timeout=LIMIT, check=False)


def working(state):
    return {order["client_id"]: order for order in state["orders"] if order["status"] not in books.CLOSED}


def contents(directory):
    """Every file of the books and its bytes, without the exchange's."""
    found = {}
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                found[name] = file.read()
    return found


class Protected(RealCase):
    def hold_a_protected_position(self, system):
        """`trend` holds something with its stop at the exchange, and may do no more about it."""
        for _ in range(50):
            def covered():
                items = {item["strategy"]: item for item in system.rpc("positions")["items"]}
                return items.get("trend", {}).get("protective")
            system.wait_until(covered, LIMIT, "a position with its stop")
            system.rpc("halt", {"reason": "hold still", "scope": "trend"})
            one = system.rpc("reconcile") and system.wait_for(lambda one: one["orders"]["in_doubt"] == 0, "nothing in doubt")
            stop = covered()
            mine = [o for o in one["open_orders"] if o["strategy"] == "trend"]
            if stop and [o["client_id"] for o in mine] == [stop["client_id"]]:
                return stop["client_id"]
            system.rpc("resume", {"reason": "it was just leaving"})
        raise AssertionError("trend never held a position")


class SafeMode(Protected):
    def test_safe_mode_keeps_the_stop_cancels_what_adds_risk_and_runs_no_strategy(self):
        system = self.system(trend=CALM_TREND).start()
        first = system.wait_trading(fills=3)
        stop = self.hold_a_protected_position(system)
        self.assertTrue(system.rpc("restart", {"mode": "safe"})["accepted"])
        system.wait_state("safe_mode", LIMIT)
        safe = system.wait_trading(since=first["pid"])
        self.assertEqual((safe["mode"], safe["trading"]), ("safe", "reducing"))
        self.assertEqual({s["state"] for s in safe["strategies"]}, {"waiting"})
        orders = working(system.inspect().theirs["state"])
        self.assertIn(stop, orders)
        self.assertEqual({order["side"] for order in orders.values()}, {"sell"}, "an order that adds risk is left")
        known = {order["client_id"] for order in system.inspect().ours["state"]["orders"]}
        # The market goes on, and nobody answers it with an order.
        row = safe["symbols"][0]["row"]
        system.wait_for(lambda one: one["symbols"][0]["row"] > row + 100, "a hundred rows of market")
        self.assertEqual({order["client_id"] for order in system.inspect().ours["state"]["orders"]}, known)

        os.kill(safe["pid"], signal.SIGKILL)   # safe is left by a person alone
        again = system.wait_for(lambda one: one["pid"] != safe["pid"] and one["phase"] == "running", "it is back")
        self.assertEqual((again["mode"], system.state()), ("safe", "safe_mode"))
        self.assertEqual(system.ask("clear").stdout.split()[-3:], ["safe", "→", "recovery"])
        later = system.wait_trading(since=again["pid"])
        self.assertEqual(later["mode"], "recovery")
        system.rpc("resume", {"reason": "over"})
        system.wait_trading(fills=later["fills"] + 2)
        self.assertEqual(system.stop(), 0)
        books.check_settled(system.inspect(), runs.INITIAL)


class CancelAll(Protected):
    def test_cancel_all_on_a_killed_home_cancels_and_writes_nothing_of_ours(self):
        system = self.system(trend=CALM_TREND).start()
        first = system.wait_trading(fills=3)
        stop = self.hold_a_protected_position(system)
        system.wait_for(lambda one: {o["type"] for o in one["open_orders"]} == {"limit", "stop_loss"}, "orders of both kinds")
        locked = orchestrator("cancel-all", "--config", system.config_path, "--home", system.home)
        self.assertEqual(locked.returncode, 68)
        self.assertIn(f"process {first['pid']}", locked.stderr)
        os.kill(first["pid"], signal.SIGSTOP)   # the picture stands still until both are dead
        open_before = working(system.inspect().theirs["state"])
        system.kill()
        os.kill(first["pid"], signal.SIGKILL)
        system.wait_dead(first["pid"])
        stops = {name for name, order in open_before.items() if order["type"] == "stop_loss"}
        self.assertEqual(stops, {stop})
        before = contents(system.books)

        done = orchestrator("cancel-all", "--config", system.config_path, "--home", system.home)
        self.assertEqual(done.returncode, 0, done.stderr)
        cancelled = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("cancelled ")}
        self.assertEqual(cancelled, set(open_before) - stops)
        self.assertIn("stop orders stay; --all cancels them too", done.stdout)
        after = contents(system.books)
        before.pop("LOCK"), after.pop("LOCK")   # names its holder, for people
        self.assertEqual(after, before, "cancel-all wrote into our books")
        self.assertEqual(set(working(system.inspect().theirs["state"])), stops)

        again = orchestrator("cancel-all", "--config", system.config_path, "--home", system.home, "--all")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(working(system.inspect().theirs["state"]), {})
        system.start()   # finds by reconciliation what became of its orders
        later = system.wait_trading(since=first["pid"])
        self.assertEqual(later["mode"], "recovery")
        system.rpc("resume", {"reason": "over"})
        system.wait_trading(fills=later["fills"] + 1)
        self.assertEqual(system.stop(), 0)
        books.check_settled(system.inspect(), runs.INITIAL)

    def test_cancel_all_says_what_is_wrong_with_a_home_that_is_none(self):
        directory = self.directory()
        system = self.system()
        for words, code in ((("--home", directory), 64), (("--home", "/nonexistent"), 64), ((), 64)):
            done = orchestrator("cancel-all", "--config", system.config_path, *words)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertTrue(done.stderr)
        self.assertEqual(os.listdir(directory), [])


class Identity(RealCase):
    def installation(self, system):
        with open(os.path.join(system.home, "INSTALLATION"), encoding="utf-8") as file:
            return json.load(file)

    def run_for_a_while(self, system):
        """Trades, stops; the ids of all orders that its books and the exchange know."""
        system.start()
        pid = system.wait_trading()["pid"]
        one = system.status()["orchestrator"]
        system.wait_trading(fills=one["fills"] + 3)
        self.assertEqual(system.stop(), 0)
        after = self.assert_clean_stop(system, pid)
        books.check_always(after)
        return {order["client_id"] for order in after.ours["state"]["orders"]}

    def archive(self, system):
        for directory in (system.books, system.exchange):
            done = orchestrator("store", "archive", "--dir", directory)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_ids_never_repeat_whatever_becomes_of_installation(self):
        system = self.system()
        path = os.path.join(system.home, "INSTALLATION")
        ids = self.run_for_a_while(system)
        first = self.installation(system)
        self.assertEqual(first["earlier"], [])
        os.remove(path)   # the books know the tag, too
        later = self.run_for_a_while(system)
        self.assertEqual(self.installation(system), first)
        self.assertLess(ids, later)

        self.archive(system)   # new books: another tag, and the old one stays ours
        fresh = self.run_for_a_while(system)
        second = self.installation(system)
        self.assertNotEqual(second["tag"], first["tag"])
        self.assertEqual(second["earlier"], [first["tag"]])
        self.assertFalse(fresh & later)

        with open(path, "w", encoding="utf-8") as file:
            json.dump(first, file)   # an old backup
        again = self.run_for_a_while(system)
        self.assertEqual(self.installation(system)["tag"], second["tag"])
        self.assertIn(first["tag"], self.installation(system)["earlier"])
        self.assertLess(fresh, again)

        with open(path, "w", encoding="utf-8") as file:
            file.write("not JSON")
        system.start()
        system.wait_state("parked", LIMIT)
        reason = system.status()["supervisor"]["reason"]
        self.assertIn("INSTALLATION", reason)
        self.assertIn("restore it from a backup", reason)
        self.assertEqual(system.stop(), 0)

    def test_books_from_an_older_backup_are_noticed_and_trade_again_under_new_ids(self):
        system = self.system()
        self.run_for_a_while(system)
        backup = os.path.join(self.directory(), "state")
        shutil.copytree(system.books, backup)
        newer = self.run_for_a_while(system)
        first = self.installation(system)["tag"]
        exchange = os.path.join(self.directory(), "paper")
        shutil.move(system.exchange, exchange)   # the world outside goes on; only our books are the old ones
        shutil.rmtree(system.books)
        shutil.copytree(backup, system.books)
        shutil.rmtree(system.exchange)
        shutil.move(exchange, system.exchange)

        system.start()
        one = system.wait_for(lambda one: one["phase"] == "running" and "identity" in {r["code"] for r in one["reasons"]},
                              "it is noticed")
        self.assertEqual(one["trading"], "halted")
        for item in one["reconciliation"]["open"]:
            system.rpc("accept", {"what": item["what"], "id": item["id"], "reason": "the backup was too old"})
        system.rpc("resume", {"reason": "looked at it"})
        now = system.wait_for(lambda one: one["trading"] == "active", "it trades again")
        system.wait_trading(fills=now["fills"] + 2)
        self.assertEqual(system.stop(), 0)
        after = system.inspect()
        books.unique(after.theirs["state"]["orders"], "client_id", "order at the exchange")
        fresh = {order["client_id"] for order in after.theirs["state"]["orders"]} - newer
        self.assertTrue(fresh)
        self.assertEqual([name for name in fresh if name.startswith("s" + first)], [], "an id under the old tag")
        installation = self.installation(system)
        self.assertNotEqual(installation["tag"], first)
        self.assertIn(first, installation["earlier"])


if __name__ == "__main__":
    main()
