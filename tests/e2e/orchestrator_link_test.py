"""The real orchestrator at the end of a link that this test holds: what a supervisor may say at awkward moments."""

import json
import os
import socket
import subprocess
import unittest

import books
import fixed_run
import runs

LINK = 3
ATTACH = {"instance": "0123456789abcdef", "version": "test", "link_version": 1, "mode": "normal", "cause": "start", "attempt": 0,
          "halted": False, "after_store_failed": False, "mirror_epoch": 0, "adopted": False, "drain_on_eof": True,
          "ping_interval_ms": 250, "link_grace_ms": 60000}


class Link:
    def __init__(self, case, directory):
        csv = os.path.join(directory, "AAAEUR.csv")
        fixed_run.write_market(csv, 20)
        config = runs.replay_config(directory, csv, fixed_run.SYMBOL, fixed_run.TREND, fixed_run.GRID, at_end="wait")
        self.home = os.path.join(directory, "home")
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(30)
        self.process = subprocess.Popen(
            [runs.ORCHESTRATOR, "run", "--config", config, "--home", self.home, "--mode", "normal", "--link", str(LINK)],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[LINK], preexec_fn=lambda: os.dup2(theirs.fileno(), LINK))
        theirs.close()
        case.addCleanup(self.end)

    def end(self):
        self.socket.close()
        self.process.kill()
        self.process.wait()

    def say(self, method, params, command_id=None):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if command_id is not None:
            message["id"] = command_id
        self.socket.send(json.dumps(message).encode())

    def hear(self, wanted):
        """The parameters of the next message of this kind."""
        while True:
            packet = self.socket.recv(256 * 1024)
            if not packet:
                raise AssertionError(f"the orchestrator closed the link before it said {wanted}")
            message = json.loads(packet)
            if message.get("method") == wanted:
                return message["params"]


class Halts(unittest.TestCase):
    def test_a_halt_between_attach_and_ready_holds_from_the_first_order_on(self):
        with runs.Home() as directory:
            link = Link(self, directory)
            link.say("attach", ATTACH)
            link.say("halt", {"reason": "said while it starts"}, 1)
            link.say("go", {})
            link.hear("ready")
            latch = link.hear("latch")
            self.assertTrue(latch["halted"])
            self.assertEqual(latch["reason"], "said while it starts")
            link.say("shutdown", {"grace_ms": 5000, "flatten": False, "reason": "test"})
            link.hear("bye")
            self.assertEqual(link.process.wait(30), 0)
            orders = books.inspect(runs.ORCHESTRATOR, os.path.join(link.home, "state"))["state"]["orders"]
            self.assertEqual(orders, [], "an order was made in spite of the halt")


if __name__ == "__main__":
    unittest.main()
