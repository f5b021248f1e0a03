"""What bad, slow and many clients of control.sock get, while both real programs go on trading.

Run: real_socket_test.py [unittest arguments]
"""

import json
import os
import socket
import time

from real_case import LIMIT, RealCase, main
from support import RpcError, wait_until

STATUS = b'{"jsonrpc":"2.0","id":1,"method":"status"}\n'


def request(method, params="{}", request_id="1"):
    return f'{{"jsonrpc":"2.0","id":{request_id},"method":"{method}","params":{params}}}\n'.encode()


# (what is sent, the error's code, what its message must say)
BAD = [
    (b"garbage\n", -32700, "not JSON"),
    (b"\n", -32700, "not JSON"),
    (b"\x00\x01\x02\xff\n", -32700, "not JSON"),
    (b'{"jsonrpc":"2.0","id":1,"method":"stat\x00us"}\n', -32700, "not JSON"),
    (b'{"jsonrpc":"2.0","id":1,"method":"\xff\xfe"}\n', -32700, "not JSON"),
    (b'{"jsonrpc":"2.0","id":1,"method":"status"} trailing\n', -32700, "not JSON"),
    (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"status"}\n', -32700, "not JSON"),
    (b"[" * 60000 + b"\n", -32700, "not JSON"),
    (b'{"jsonrpc":"2.0","id":1,"method":"status","params":' + b'{"a":' * 5000 + b"1" + b"}" * 5001 + b"\n", -32700, "not JSON"),
    (b"x" * 65535 + b"\n", -32700, "not JSON"),
    (b"x" * 65536 + b"\n", -32700, "65535 bytes"),
    (STATUS[:-2] + b" " * 70000 + b"}\n", -32700, "65535 bytes"),
    (b"[]\n", -32600, "batches"),
    (b"[" + STATUS[:-1] + b"]\n", -32600, "batches"),
    (b"{}\n", -32600, "jsonrpc"),
    (b"7\n", -32600, "object"),
    (b'{"jsonrpc":"1.0","id":1,"method":"status"}\n', -32600, "jsonrpc"),
    (b'{"jsonrpc":2.0,"id":1,"method":"status"}\n', -32600, "jsonrpc"),
    (b'{"jsonrpc":"2.0","method":"status"}\n', -32600, "id"),
    (b'{"jsonrpc":"2.0","id":1.5,"method":"status"}\n', -32600, "id"),
    (b'{"jsonrpc":"2.0","id":{},"method":"status"}\n', -32600, "id"),
    (b'{"jsonrpc":"2.0","id":"' + b"k" * 200 + b'","method":"status"}\n', -32600, "128"),
    (b'{"jsonrpc":"2.0","id":1,"method":7}\n', -32600, "method"),
    (request("nonsense"), -32601, "nonsense"),
    (request("status", "[]"), -32602, "params"),
    (request("halt"), -32602, "reason"),
    (request("halt", '{"reason":""}'), -32602, "reason"),
    (request("halt", '{"reason":7}'), -32602, "reason"),
    (request("halt", '{"reason":"x","scope":"nobody"}'), -32602, "nobody"),
    (request("resume", '{"reason":["x"]}'), -32602, "reason"),
    (request("orders", '{"limit":0}'), -32602, "limit"),
    (request("fills", '{"limit":101}'), -32602, "limit"),
    (request("alerts", '{"limit":"ten"}'), -32602, "limit"),
    (request("positions", '{"after":5}'), -32602, "after"),
    (request("orders", '{"all":"yes"}'), -32602, "all"),
    (request("explain"), -32602, "order"),
    (request("explain", '{"order":"nothing"}'), -32602, "nothing"),
    (request("restart", '{"mode":"normal"}'), -32602, "mode"),
    (request("accept", '{"what":"x"}'), -32602, "id"),
    (request("ack"), -32602, "id"),
    (request("flatten"), -32004, "confirm"),
    (request("flatten", '{"confirm":true,"symbol":"ETH/EUR"}'), -32602, "ETH/EUR"),
    (request("flatten", '{"confirm":true,"symbol":"BTC/EUR","limit_price":"-1"}'), -32602, "limit_price"),
    (request("shutdown", '{"flatten":true}'), -32004, "confirm"),
]


class Socket(RealCase):
    def assert_served(self, system, since):
        """`status` answers another client within a second, and the same orchestrator has gone on trading."""
        begun = time.monotonic()
        now = system.status()["orchestrator"]
        self.assertLess(time.monotonic() - begun, 1.0)
        self.assertEqual(now["pid"], since["pid"])
        self.assertEqual(now["trading"], "active")
        return system.wait_for(lambda one: one["pid"] == since["pid"] and one["store"]["seq"] > since["store"]["seq"], "it trades on")

    def test_each_bad_request_gets_its_error_and_none_does_harm(self):
        system = self.system().start()
        before = system.wait_trading()
        client = system.connect()
        self.addCleanup(client.close)
        for line, code, says in BAD:
            with self.subTest(line=line[:80]):
                client.send(line)
                error = client.read()["error"]
                self.assertEqual(error["code"], code, error)
                self.assertIn(says, error["message"])
        self.assertIn("supervisor", client.call("status"))   # the same connection still serves

        client.send(b'{"jsonrpc":"2.0","id":1,"meth')
        client.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(client.read()["error"]["code"], -32700)
        self.assertIsNone(client.read())
        self.assert_served(system, before)
        self.assertEqual(system.stop(), 0)

    def test_a_request_in_pieces_and_many_in_one_piece_are_all_answered_in_order(self):
        system = self.system().start()
        system.wait_trading()
        client = system.connect()
        self.addCleanup(client.close)
        for byte in STATUS:
            client.send(bytes([byte]))
        self.assertIn("supervisor", client.read()["result"])
        methods = ["version", "status", "help", "alerts", "crashes"] * 20
        client.send(b"".join(request(method, request_id=str(i)) for i, method in enumerate(methods)))
        self.assertEqual([client.read()["id"] for _ in methods], list(range(len(methods))))
        passed = ["orders", "fills", "positions", "nonsense"] * 8   # answered by the orchestrator, or at once
        client.send(b"".join(request(method, request_id=str(i)) for i, method in enumerate(passed)))
        answers = {answer["id"]: answer for answer in (client.read() for _ in passed)}
        self.assertEqual(sorted(answers), list(range(len(passed))))
        for i, method in enumerate(passed):
            self.assertEqual("items" in answers[i].get("result", {}), method != "nonsense")
        self.assertEqual(system.stop(), 0)

    def test_a_repeated_key_gets_the_first_answer_and_nothing_is_done_twice(self):
        system = self.system().start()
        system.wait_trading()
        first = system.rpc("halt", {"reason": "drill"}, request_id="drill-2026-a")
        self.assertTrue(first["halted"])
        reasons = system.wait_for(lambda one: one["trading"] == "halted", "halted")["reasons"]
        self.assertEqual(system.rpc("halt", {"reason": "another"}, request_id="drill-2026-a")["halted"], True)
        self.assertEqual(system.status()["orchestrator"]["reasons"], reasons)
        self.assertEqual(system.stop(), 0)

    def test_idle_clients_fill_the_room_and_the_next_is_told_and_closed(self):
        system = self.system().start()
        before = system.wait_trading()
        idle = [system.connect() for _ in range(32)]
        for client in idle:
            self.addCleanup(client.close)
        half = idle[0]
        half.send(STATUS[:20])   # and says nothing more
        self.assertIn("supervisor", idle[-1].call("status"))
        extra = system.connect()
        self.addCleanup(extra.close)
        error = extra.read()["error"]
        self.assertEqual((error["code"], "32" in error["message"]), (-32003, True))
        self.assertIsNone(extra.read())
        told = system.ask("status")
        self.assertEqual(told.returncode, 1)
        self.assertIn("too many clients", told.stderr)
        for client in idle[1:]:
            client.close()
        wait_until(system.is_served, LIMIT, "there is room again")
        half.send(STATUS[20:])
        self.assertIn("supervisor", half.read()["result"])
        self.assert_served(system, before)
        self.assertEqual(system.stop(), 0)

    def test_a_subscriber_that_never_reads_is_dropped_and_another_hears_everything(self):
        system = self.system().start()
        before = system.wait_trading()
        deaf = system.connect()
        self.addCleanup(deaf.close)
        deaf.call("subscribe")
        attentive = system.connect(timeout=LIMIT)
        self.addCleanup(attentive.close)
        attentive.call("subscribe")
        with self.assertRaises((BrokenPipeError, ConnectionResetError)):
            for _ in range(2000):
                deaf.send(request("help") * 100)
        kinds = set()
        while not {"fill", "order"} <= kinds:
            event = attentive.read()
            self.assertEqual((event["method"], "id" in event), ("event", False))
            kinds.add(event["params"]["kind"])
        self.assert_served(system, before)
        self.assertEqual(system.stop(), 0)


if __name__ == "__main__":
    main()
