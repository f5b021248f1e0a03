"""The operator's commands against both real programs: exit codes and texts, with --json and without, alive and dead.

What is sent is compared, name by name, with what common/contract/PROTOCOL.md promises.
Run: commands_test.py [unittest arguments]
"""

import json
import os
import re
import signal

import books
import runs
from real_case import LIMIT, RealCase, main

PROTOCOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../common/contract/PROTOCOL.md")
with open(PROTOCOL, encoding="utf-8") as page:
    PAGE = page.read()


def promised_status():
    """The example of `status`, which names every member."""
    begin = PAGE.index('    {"supervisor":{"pid":1')
    return json.loads(PAGE[begin:PAGE.index("\n\n", begin)])


def promised_items(method):
    """The names of one item of a list method: those of the first object behind `items`; {nested} are left out."""
    paragraph = PAGE[PAGE.index(f"`{method}` {{after?"):]
    text = paragraph[paragraph.index("-> items `{") + len("-> items `{"):]
    text = re.sub(r"\{[^{}]*\}", "", text[:text.index("`")])
    return {name for name, optional in re.findall(r'"(\w+)"(\??)', text) if not optional}


def names(value, path=""):
    """Every member's path in a value; items of lists count as one."""
    found = set()
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= {f"{path}.{key}"} | names(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            found |= names(inner, path + "[]")
    return found


# Whose members are names of the user's, or are told elsewhere on the page.
FREE = (".orchestrator.portfolio.cash", ".orchestrator.open_orders[]", ".orchestrator.last_fills[]")


class Commands(RealCase):
    def assert_told(self, system, words, code, out=(), error=(), json_code=None):
        """One command without --json and with it; the JSON of the second."""
        plain = system.ask(*words)
        told = f"{words}: exit {plain.returncode}\n{plain.stdout}\n{plain.stderr}"
        self.assertEqual(plain.returncode, code, told)
        for text in out:
            self.assertIn(text, plain.stdout, told)
        for text in error:
            self.assertIn(text, plain.stderr, told)
        self.assertEqual(plain.stderr == "", code == 0, told)
        self.assertFalse(plain.stdout.lstrip().startswith("{"), told)
        machine = system.ask(*words, "--json")
        self.assertEqual(machine.returncode, code, machine.stdout + machine.stderr)
        answer = json.loads(machine.stdout)
        if json_code is not None:
            self.assertEqual(answer["error"]["code"], json_code)
        return answer

    def test_what_is_sent_has_the_promised_names_and_no_other(self):
        system = self.system(extra="[alerts]\ncommand = [\"/bin/cat\"]\n").start()
        first = system.wait_for(lambda one: one["portfolio"]["positions"] and one["last_fills"] and one["open_orders"]
                                and one["open_orders"][0].get("order_id"), "it holds something that the exchange knows")
        os.kill(first["pid"], signal.SIGKILL)
        system.wait_trading(since=first["pid"])
        sent, promised = names(system.status()), names(promised_status())
        free = tuple(path for path in sent | promised if path.startswith(FREE) and path not in FREE)
        self.assertEqual(sorted(sent - promised - set(free)), [], "sent, and not on the page")
        lists_that_may_be_empty = (".orchestrator.reasons[]", ".orchestrator.breaker.reasons[]", ".orchestrator.reconciliation.open[]",
                                   ".orchestrator.portfolio.positions[]")
        missing = {path for path in promised - sent - set(free) if not path.startswith(lists_that_may_be_empty)}
        self.assertEqual(sorted(missing), [], "on the page, and not sent")

        for method, ask in (("orders", {"all": True}), ("positions", {}), ("fills", {}), ("alerts", {}), ("crashes", {})):
            items = system.wait_until(lambda: system.rpc(method, ask)["items"], LIMIT, f"an item of {method}")
            for item in items:
                self.assertEqual(set(item), promised_items(method), method)
        self.assertEqual(set(system.rpc("explain", {"order": first["open_orders"][0]["order_id"]})), {"order", "records"})
        self.assertEqual(set(system.rpc("version")), {"version", "link_version"})
        self.assertEqual(system.stop(), 0)

    def test_lists_come_in_pages_that_lose_and_repeat_nothing(self):
        system = self.system().start()
        system.wait_trading(fills=8)
        self.assertTrue(system.rpc("halt", {"reason": "hold still"})["halted"])
        system.ask("halt", "hold still", "--wait")
        for method, key in (("orders", "client_id"), ("fills", "exec_id")):
            whole = system.rpc(method, {"limit": 100, "all": True} if method == "orders" else {"limit": 100})
            paged, after = [], None
            while True:
                ask = {"limit": 3} | ({"all": True} if method == "orders" else {}) | ({"after": after} if after else {})
                part = system.rpc(method, ask)
                paged += part["items"]
                self.assertLessEqual(len(part["items"]), 3)
                after = part["next"]
                if after is None:
                    break
            self.assertEqual([item[key] for item in paged], [item[key] for item in whole["items"]])
        fills = system.ask_json("fills", "--limit", "1000")["items"]
        self.assertEqual({f["exec_id"] for f in fills}, set(system.inspect().our_fills))
        self.assertEqual(system.stop(), 0)

    def test_each_command_on_a_running_system(self):
        system = self.system().start()
        one = system.wait_for(lambda one: one["open_orders"] and one["fills"] >= 3, "it trades")
        status = self.assert_told(system, ("status",), 0, ["PAPER", "trading", "ACTIVE", "mode normal", f"pid {one['pid']}", "EUR"])
        self.assertEqual(status["orchestrator"]["environment"], "paper")
        self.assertTrue(self.assert_told(system, ("orders", "--all"), 0, ["PAPER", "filled", "All orders"])["items"])
        self.assert_told(system, ("orders",), 0, ["PAPER", "Open orders"])
        self.assert_told(system, ("positions",), 0, ["PAPER"])
        self.assertEqual(len(self.assert_told(system, ("fills", "--limit", "2"), 0, ["raise --limit"])["items"]), 2)
        story = self.assert_told(system, ("explain", one["open_orders"][0]["client_id"]), 0, ["intended", "wanted to", "sent"])
        self.assertEqual(story["order"]["client_id"], one["open_orders"][0]["client_id"])
        self.assert_told(system, ("explain", "nothing"), 64, error=["no order has the id nothing"], json_code=-32602)
        self.assertEqual(self.assert_told(system, ("reconcile",), 0, ["reconciliation has begun"]), {"started": True})
        system.wait_for(lambda now: now["reconciliation"]["trigger"] == "operator", "it has been compared")
        self.assertEqual(self.assert_told(system, ("crashes",), 0, ["no crashes"])["items"], [])
        self.assert_told(system, ("crashes", "7"), 1, error=["no such crash report"], json_code=-32003)
        self.assertEqual(self.assert_told(system, ("alerts",), 0, ["no alerts"])["items"], [])
        self.assert_told(system, ("accept", "what", "id", "because"), 64, error=["there is no discrepancy id of kind what"], json_code=-32602)
        self.assert_told(system, ("clear",), 1, error=["refused: neither safe nor parked"], json_code=-32003)
        self.assertEqual(self.assert_told(system, ("reload",), 0, ["nothing has changed"])["needs_restart"], [])
        self.assert_told(system, ("flatten",), 1, error=["confirm it", "flatten --confirm"], json_code=-32004)

        done = system.ask("halt", "a", "drill", "--wait")
        self.assertEqual((done.returncode, "halted, kept on disk" in done.stdout, "seen to be done" in done.stdout), (0, True, True))
        left = [o for o in system.inspect().theirs["state"]["orders"] if o["status"] not in books.CLOSED]
        self.assertLessEqual({order["type"] for order in left}, {"stop_loss"})
        self.assertEqual(self.assert_told(system, ("resume", "over"), 0, ["the halt is lifted"]), {"halted": False})
        system.wait_for(lambda now: now["open_orders"], "it trades again")
        done = system.ask("flatten", "--confirm", "--wait")
        self.assertEqual((done.returncode, "seen to be done" in done.stdout), (0, True), done.stderr)
        after = system.inspect()
        self.assertEqual([p for p in after.ours["state"]["positions"] if books.Decimal(p["quantity"]) != 0], [])
        self.assertEqual([o for o in after.theirs["state"]["orders"] if o["status"] not in books.CLOSED], [])
        system.wait_for(lambda now: now["trading"] == "halted", "halted until somebody resumes")

        for words, error in ((("halt",), "needs REASON"), (("ordrs",), "did you mean 'orders'?"), (("fills", "--limit", "0"), "--limit"),
                             (("restart", "--mode", "normal"), "recovery|safe"), (("status", "--nonsense"), "--nonsense")):
            wrong = system.ask(*words)
            self.assertEqual((wrong.returncode, error in wrong.stderr), (64, True), wrong.stderr)
        self.assertEqual(system.ask("shutdown").returncode, 0)
        self.assertEqual(system.wait_exit(LIMIT), 0)
        books.check_settled(system.inspect(), runs.INITIAL)

    def test_each_command_while_no_orchestrator_runs_and_while_nobody_does(self):
        program = self.gate()
        system = self.system(extra=f'[supervisor]\norchestrator = "{program}"\n').start()
        first = system.wait_trading()
        with open(program.replace("gate", "exit"), "w", encoding="utf-8") as file:
            file.write("65")
        os.kill(first["pid"], signal.SIGKILL)
        system.wait_state("parked", LIMIT)
        status = self.assert_told(system, ("status",), 0, [" PAPER ", "PARKED", "exit 65 (state_damaged)", "supervisor clear", "not running", "nothing trades"])
        self.assertEqual((status["orchestrator"], status["supervisor"]["state"]), (None, "parked"))
        for words in (("orders",), ("positions",), ("fills",), ("explain", "x"), ("reconcile",), ("flatten", "--confirm"),
                      ("flatten", "--confirm", "--wait"), ("resume", "x"), ("accept", "a", "b", "c"), ("halt", "x", "--scope", "grid")):
            answer = self.assert_told(system, words, 69, error=["no orchestrator runs (parked)", "status"], json_code=-32002)
            self.assertEqual(answer["error"]["data"], {"state": "parked"})
        self.assert_told(system, ("restart",), 1, error=["refused: parked: exit 65", "What helps: s1mple clear"], json_code=-32003)
        crashes = self.assert_told(system, ("crashes",), 0, ["exit code 65", "SIGKILL"])["items"]
        self.assertEqual([(item["exit_code"], item["signal"]) for item in crashes], [(65, None), (None, "SIGKILL")])
        report = self.assert_told(system, ("crashes", crashes[1]["id"]), 0, ["SIGKILL", "last_beats"])
        self.assertEqual((report["summary"]["pid"], bool(report["last_beats"])), (first["pid"], True))
        codes = [item["code"] for item in self.assert_told(system, ("alerts",), 0, ["parked", "critical"])["items"]]
        self.assertEqual(codes[:2], ["parked", "orchestrator_died"])
        self.assertEqual(self.assert_told(system, ("ack", "all"), 0, ["acknowledged"]), {"acked": True})
        self.assertEqual(self.assert_told(system, ("halt", "a drill"), 0, ["kept on disk by the supervisor"])["durable"], "supervisor")
        self.assertEqual(self.assert_told(system, ("version",), 0, ["running supervisor"])["supervisor"]["link_version"], 1)
        self.assertEqual(system.stop(), 0)
        for words in (("status",), ("orders",), ("halt", "x"), ("alerts",)):
            for asked in (words, words + ("--json",)):
                nobody = system.ask(*asked)
                self.assertEqual((nobody.returncode, nobody.stdout), (69, ""))
                self.assertEqual(len(nobody.stderr.splitlines()), 1)
                for text in ("no supervisor answers", system.socket_path, "start one with"):
                    self.assertIn(text, nobody.stderr)


if __name__ == "__main__":
    main()
