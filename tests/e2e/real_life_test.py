"""How both real programs live, stop and stay alone on their home, in a market that trades.

Run: real_life_test.py [unittest arguments]; S1MPLE_BIN says where the programs are.
"""

import fcntl
import os
import signal
import subprocess
import termios
import time

import books
import runs
from real_case import LIMIT, RealCase, main, together
from support import is_alive, wait_until


class Stopped(RealCase):
    def test_a_stopped_orchestrator_is_ended_and_another_goes_on_with_the_same_books(self):
        system = self.system("[supervisor.liveness]\nlost_pings = 4\n").start()
        first = system.wait_trading(fills=5)
        begun = time.monotonic()
        os.kill(first["pid"], signal.SIGSTOP)
        before = system.inspect()   # nobody writes meanwhile
        second = system.wait_trading(fills=first["fills"], since=first["pid"])
        self.assertLess(time.monotonic() - begun, 20)
        self.assertFalse(is_alive(first["pid"]))
        self.assertEqual(second["mode"], "recovery")
        self.assertEqual(second["epoch"], first["epoch"] + 1)
        report = system.rpc("crashes", {"limit": 1})["items"][0]
        self.assertEqual((report["cause"], report["signal"], report["pid"]), ("hang", "SIGKILL", first["pid"]))
        self.assertEqual(system.rpc("status")["supervisor"]["restarts"]["last"]["cause"], "hang")

        system.wait_trading(fills=len(before.our_fills) + 1)
        self.assertEqual(system.stop(), 0)
        after = self.assert_clean_stop(system, second["pid"])
        self.assert_nothing_lost(before, after)
        books.check_settled(after, runs.INITIAL)


def on_a_terminal(system):
    """Starts it as a person does, on a terminal of its own; the descriptor that closes the terminal."""
    leader, follower = os.openpty()

    def own_terminal():
        os.setsid()
        fcntl.ioctl(follower, termios.TIOCSCTTY, 0)
    system.process = subprocess.Popen(
        [system.binary, "run", "--config", system.config_path, "--home", system.home], env=system.env,
        stdin=follower, stdout=follower, stderr=follower, preexec_fn=own_terminal)
    os.close(follower)
    wait_until(system.is_served, LIMIT, "control.sock is served")
    return leader


class Stops(RealCase):
    def stop_and_start_again(self, way):
        system = self.system()
        leader = on_a_terminal(system) if way == "terminal" else None
        if leader is None:
            system.start()
        first = system.wait_trading(fills=3)
        begun = time.monotonic()
        if way == "terminal":
            os.close(leader)
        elif way == "command":
            done = system.ask("shutdown")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("both are ending", done.stdout)
        else:
            system.process.send_signal(way)
        self.assertEqual(system.wait_exit(LIMIT), 0)
        took = time.monotonic() - begun
        self.assertLess(took, 10, f"{way}: the grace is 10 s")
        after = self.assert_clean_stop(system, first["pid"])
        books.check_settled(after, runs.INITIAL)
        left = [order for order in after.ours["state"]["orders"] if order["status"] not in books.CLOSED]
        self.assertLessEqual({order["side"] for order in left}, {"sell"}, "an order that adds risk outlived the stop")

        system.start()
        second = system.wait_trading(fills=len(after.our_fills))
        self.assertEqual((second["mode"], second["epoch"]), ("normal", first["epoch"] + 1))
        self.assertEqual(system.status()["supervisor"]["restarts"]["total"], 0)
        self.assertEqual(system.stop(), 0)

    def test_every_way_to_stop_ends_both_cleanly_and_the_next_start_is_normal(self):
        together(self.stop_and_start_again, [signal.SIGTERM, signal.SIGINT, "terminal", "command"])

    def test_a_hangup_without_a_terminal_is_no_end(self):
        system = self.system().start()
        first = system.wait_trading()
        system.process.send_signal(signal.SIGHUP)
        system.wait_until(lambda: "reload by=SIGHUP taken=nothing" in system.log(), LIMIT, "it says what it does about it")
        self.assertEqual(system.wait_trading(fills=first["fills"] + 1)["pid"], first["pid"])
        self.assertEqual(system.stop(), 0)


class OnlyOne(RealCase):
    def test_a_second_of_either_program_is_refused_with_68_and_the_first_goes_on(self):
        system = self.system().start()
        first = system.wait_trading()
        second = subprocess.run([runs.SUPERVISOR, "run", "--config", system.config_path, "--home", system.home],
                                env=system.env, capture_output=True, text=True, timeout=LIMIT, check=False)
        self.assertEqual(second.returncode, 68)
        self.assertEqual(second.stdout, "")
        self.assertEqual(len(second.stderr.splitlines()), 1, second.stderr)
        self.assertIn(f"process {system.process.pid}", second.stderr)
        self.assertIn(system.home, second.stderr)

        alone = subprocess.run([runs.ORCHESTRATOR, "run", "--config", system.config_path, "--home", system.home],
                               env=system.env, capture_output=True, text=True, timeout=LIMIT, check=False)
        self.assertEqual(alone.returncode, 68)
        self.assertIn(f"process {first['pid']}", alone.stderr)
        later = system.wait_trading(fills=first["fills"] + 1)
        self.assertEqual((later["pid"], later["epoch"]), (first["pid"], first["epoch"]))
        self.assertEqual(system.status()["supervisor"]["restarts"]["total"], 0)
        self.assertEqual(system.stop(), 0)
        self.assert_clean_stop(system, first["pid"])


if __name__ == "__main__":
    main()
