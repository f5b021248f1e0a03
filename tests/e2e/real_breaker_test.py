"""The circuit breaker and its alerts, with both real programs and a market whose line falls silent.

Run: real_breaker_test.py [unittest arguments]
"""

import json
import os
import signal

import books
import runs
from real_case import LIMIT, RealCase, main, together
from support import wait_until

# Each start: a second of market, then silence for longer than any test takes.
SILENT = 'silence_after = "1s"\nsilence_for = "1h"\n'
SHORT = 'silence_after = "1s"\nsilence_for = "1s"\n'
STAYS_OPEN = '[breaker]\nheartbeat_timeout = "400ms"\nprobe_interval = "1h"\nprobe_interval_max = "1h"\n'
CLOSES_SOON = '[breaker]\nheartbeat_timeout = "400ms"\nprobe_interval = "100ms"\nprobe_period = "100ms"\nclear_period = "0s"\n'
SHORT_GRACE = '[supervisor.liveness]\nlink_grace = "1s"\n'


class BreakerCase(RealCase):
    def alerts(self, body, **keys):
        """[alerts] with a command of the test's own, and a function that gives what it got so far: (id, code) each."""
        directory = self.directory()
        path = os.path.join(directory, "command")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\ncd {directory}\ncat >> got\n{body}\n")
        os.chmod(path, 0o755)
        settings = {"timeout": "5s", "retry_base": "20ms", "retry_cap": "50ms"} | keys
        table = f'[alerts]\ncommand = ["{path}"]\n' + "".join(f'{key} = "{value}"\n' for key, value in settings.items())

        def got(code=None):
            if not os.path.exists(os.path.join(directory, "got")):
                return []
            with open(os.path.join(directory, "got"), encoding="utf-8") as file:
                lines = [json.loads(line) for line in file if line.endswith("\n")]
            return [line["id"] for line in lines if code in (None, line["code"])]
        return directory, table, got

    def wait_open(self, system, since=None):
        one = system.wait_for(lambda one: one["pid"] != since and one["phase"] == "running" and one["breaker"]["state"] == "open",
                              "the breaker is open")
        self.assertEqual([reason["code"] for reason in one["breaker"]["reasons"]], ["silence"])
        self.assertEqual(one["trading"], "reducing")
        return one

    def delivered(self, system, code):
        items = [item for item in system.rpc("alerts", {"limit": 100})["items"] if item["code"] == code]
        return items[0] if items and items[0]["delivered"] else None


class Breaker(BreakerCase):
    def test_silence_opens_it_once_and_one_alert_is_tried_until_the_command_takes_it(self):
        # Takes each alert at the third try; tells one from the other by its id.
        _, table, got = self.alerts('id=$(tail -n 1 got | sed \'s/.*"id":"\\([^"]*\\)".*/\\1/\')\n'
                                            'test $(grep -c "\\"$id\\"" got) -ge 3')
        system = self.system(STAYS_OPEN + SHORT_GRACE + table, SILENT).start()
        first = self.wait_open(system)
        system.wait_until(lambda: self.delivered(system, "breaker_open"), LIMIT, "the alert is delivered")
        tries = got("breaker_open")
        self.assertEqual((len(tries), len(set(tries))), (3, 1), "three tries of one alert")
        self.assertEqual(self.delivered(system, "breaker_open")["tries"], 3)
        system.wait_for(lambda one: not [o for o in one["open_orders"] if o["side"] == "buy"], "nothing that adds risk rests")

        os.kill(first["pid"], signal.SIGKILL)
        second = self.wait_open(system, since=first["pid"])
        self.assertEqual(second["epoch"], first["epoch"] + 1)
        system.kill()
        os.kill(second["pid"], signal.SIGKILL)
        system.start()
        third = self.wait_open(system, since=second["pid"])
        # Silent again, in an open breaker: nothing new has happened.
        system.wait_for(lambda one: one["data"]["state"] != "live", "the line is silent again")
        # One more alert goes the same way, behind whatever may wait: it is the proof that nothing does.
        system.rpc("restart", {"mode": "safe"})
        system.wait_until(lambda: self.delivered(system, "safe_mode"), LIMIT, "the next alert is delivered")
        self.assertEqual(self.delivered(system, "breaker_open")["id"], tries[0])
        self.assertEqual(got("breaker_open"), tries, "told again, though nothing had changed")
        self.assertEqual(third["epoch"], first["epoch"] + 2)
        self.assertEqual(system.stop(), 0)

    def test_it_closes_by_itself_after_a_good_probe_and_says_so_once(self):
        _, table, got = self.alerts("")
        system = self.system(CLOSES_SOON + table, SHORT).start()
        first = self.wait_open(system)
        one = system.wait_for(lambda one: one["breaker"]["state"] == "closed" and one["trading"] == "active", "it is closed")
        self.assertEqual((one["pid"], one["breaker"]["reasons"]), (first["pid"], []))
        system.wait_trading(fills=one["fills"] + 1)
        wait_until(lambda: got("breaker_closed"), LIMIT, "the good news")
        self.assertEqual((len(got("breaker_open")), len(got("breaker_closed"))), (1, 1))
        self.assertEqual(system.stop(), 0)
        books.check_settled(system.inspect(), runs.INITIAL)


class Alerts(BreakerCase):
    def test_an_alert_that_nobody_takes_is_kept_across_kills_of_both_and_delivered_under_its_id(self):
        directory, table, got = self.alerts("test -e open")
        system = self.system(STAYS_OPEN + SHORT_GRACE + table, SILENT).start()
        first = self.wait_open(system)
        wait_until(lambda: len(got("breaker_open")) >= 2, LIMIT, "two tries")
        system.kill()
        os.kill(first["pid"], signal.SIGKILL)
        before = len(got("breaker_open"))
        system.start()
        self.wait_open(system, since=first["pid"])
        wait_until(lambda: len(got("breaker_open")) > before, LIMIT, "another try")
        self.assertIsNone(self.delivered(system, "breaker_open"))
        self.assertGreater(system.status()["supervisor"]["alerts_pending"], 0)
        with open(os.path.join(directory, "open"), "w", encoding="utf-8"):
            pass
        item = system.wait_until(lambda: self.delivered(system, "breaker_open"), LIMIT, "it is delivered")
        self.assertEqual(set(got("breaker_open")), {item["id"]})
        system.wait_until(lambda: system.status()["supervisor"]["alerts_pending"] == 0, LIMIT, "nothing is pending")
        self.assertEqual(system.stop(), 0)

    def test_a_critical_alert_is_sent_again_until_it_is_acknowledged(self):
        _, table, got = self.alerts("", resend_after="1s")
        system = self.system(STAYS_OPEN + table, SILENT).start()
        self.wait_open(system)
        wait_until(lambda: len(got("breaker_open")) >= 2, LIMIT, "it is sent again")
        opened = got("breaker_open")[0]
        self.assertEqual(system.ask("ack", opened).returncode, 0)
        count = len(got("breaker_open"))
        # Another critical one is the clock: sent again twice, it outlasts the time that the first had to wait.
        system.rpc("restart", {"mode": "safe"})
        wait_until(lambda: len(got("safe_mode")) >= 3, LIMIT, "another is sent again and again")
        self.assertLessEqual(len(got("breaker_open")), count + 1)   # one may have been on its way
        acked = {item["id"]: item["acked"] for item in system.rpc("alerts")["items"]}
        self.assertTrue(acked[opened])
        refused = system.ask("ack", "nothing")
        self.assertEqual((refused.returncode, "no alert 'nothing'" in refused.stderr), (1, True))
        self.assertEqual(system.stop(), 0)

    def alert_test(self, body, code, says):
        table = "" if body is None else self.alerts(body, timeout="500ms")[1]
        system = self.system(table, strategies=False).start()
        done = system.ask("alert_test")
        self.assertEqual(done.returncode, code, done.stderr)
        told = done.stdout + done.stderr
        for text in says:
            self.assertIn(text, told)
        asked = system.ask("alert_test", "--json")
        self.assertEqual(asked.returncode, code)
        answer = json.loads(asked.stdout)
        self.assertEqual(answer.get("delivered", False), code == 0)
        self.assertEqual(answer.get("error", {}).get("code"), None if code == 0 else -32003)
        self.assertEqual(system.stop(), 0)

    def test_alert_test_says_whether_the_command_took_it(self):
        together(self.alert_test, ["exit 0", "echo no route to the mail host >&2; exit 3", "sleep 60", None], [0, 1, 1, 1],
                 [["took it", "exit code 0"], ["did not take it", "exit code 3", "no route to the mail host"], ["did not end in time"],
                  ["no alert command is configured", "alerts.command"]])


if __name__ == "__main__":
    main()
