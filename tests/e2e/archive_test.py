"""Old orders and fills leave the state for the archive while a recorded day is replayed, killed and restarted.

The horizon is twenty minutes of market time. Killed at any call of the last stretch (the final snapshots with their
archives among them) and finished, state and archive together hold exactly what a run with nothing archived holds; the
independent reader of FORMAT.md finds every entry under its ids; a damaged archive is refused, and salvage saves what is
good of it.
"""

import json
import os
import shutil
import subprocess
import sys
import unittest

import books
import replay_kills_test as replay
import runs
import store_reader

HORIZON = 'fill_horizon = "20m"\n'
KILLS = int(os.environ.get("S1MPLE_ARCHIVE_KILLS", "24"))


def store(command, directory, *more):
    done = subprocess.run([runs.ORCHESTRATOR, "store", command, "--dir", directory, *more], capture_output=True, text=True, timeout=60)
    return done.returncode, json.loads(done.stdout)


class Archives(unittest.TestCase):
    def test_a_killed_replay_with_a_short_horizon_equals_one_without_an_archive(self):
        if not os.path.exists(replay.CSV):
            self.skipTest(f"no {replay.CSV}: the recorded market is not part of this repository")
        with runs.Home() as work:
            config = runs.replay_config(work, replay.CSV, "BCH/EUR", replay.TREND, replay.GRID)
            whole = os.path.join(work, "whole")
            total = self.calls(config, whole, work)
            story = books.money_story(books.read(runs.ORCHESTRATOR, whole))
            with open(config, encoding="utf-8") as text:
                short = text.read().replace(runs.STORE, runs.STORE + HORIZON)
            with open(config, "w", encoding="utf-8") as text:
                text.write(short)
            base, counted = os.path.join(work, "base"), os.path.join(work, "counted")
            for _ in range(2):   # the exchange lets go of what it was asked for in a run before
                self.assertEqual(runs.run_to_end(config, base, kill_at=total // 4, mode="recovery")[0], -9)
            shutil.copytree(base, counted)
            calls = self.calls(config, counted, work)
            step = max(1, calls // 4 // KILLS)
            archived = 0
            for kill in range(calls - KILLS * step, calls + 1, step):
                home = os.path.join(work, "killed")
                shutil.copytree(base, home)
                code, said = runs.run_to_end(config, home, kill_at=kill, mode="recovery")
                self.assertIn(code, (0, -9), said)
                for _ in range(2):   # the second one begins with what the first has archived
                    code, said = runs.run_to_end(config, home, mode="recovery")
                    self.assertEqual(code, 0, said)
                after = books.read(runs.ORCHESTRATOR, home)
                books.check_settled(after, runs.INITIAL)
                self.assertEqual(books.money_story(after), story, f"killed at call {kill}")
                archived = min(self.read_independently(home, "state"), self.read_independently(home, "state/paper"))
                self.assertGreater(archived, 0, f"killed at call {kill}: nothing was archived")
                if kill < calls + 1 - step:
                    shutil.rmtree(home)
            print(f"\n{KILLS + 1} kills of the last quarter of {calls} calls; {archived} and more fills archived", flush=True)
            for directory in ("state", "state/paper"):
                self.damage(work, os.path.join(home, directory))

    def calls(self, config, home, work):
        """Runs to the end; how many calls that might be the last one it made."""
        log = os.path.join(work, "calls")
        code, said = runs.run_to_end(config, home, kill_at=10**9, log=log, mode="recovery")
        self.assertEqual(code, 0, said)
        with open(log, encoding="utf-8") as lines:
            count = sum(1 for _ in lines)
        os.remove(log)
        return count

    def read_independently(self, home, directory):
        directory = os.path.join(home, directory)
        code, ours = store("inspect", directory)
        self.assertEqual(code, 0, ours)
        theirs = store_reader.Store(directory)
        report = theirs.read()
        for name in ("seq", "records_digest", "archived_orders", "archived_fills"):
            self.assertEqual(report[name], ours[name])
        every = store("inspect", directory, "--all")[1]["state"]
        for kind, archived in (("orders", [row for one in theirs.archives for row in one.orders]),
                               ("fills", [row for one in theirs.archives for row in one.fills])):
            self.assertEqual(every[kind], archived + ours["state"][kind])
        return report["archived_fills"]

    def damage(self, work, directory):
        path = os.path.join(directory, "history-1.arc")
        with open(path, "rb") as file:
            good = file.read()
        every = store("inspect", directory, "--all")[1]["state"]
        seen = store("inspect", directory)[1]
        end = seen["archives"][0]["bytes"]
        with open(path, "ab") as file:   # behind what the snapshot names: ignored, and said
            file.write(b"x" * 100)
        self.assertEqual(store("inspect", directory)[1]["archive_tail_bytes"], len(good) + 100 - end)
        for name, bad in (("flipped", good[:5000] + bytes([good[5000] ^ 1]) + good[5001:]), ("cut", good[:end - 1]), ("gone", None)):
            os.remove(path)
            if bad is not None:
                with open(path, "wb") as file:
                    file.write(bad)
            for command in ("inspect", "recover", "verify"):
                code, said = store(command, directory)
                self.assertEqual(code, 65, f"{name}, {command}: {said}")
            self.assertRaises(store_reader.Damaged, store_reader.read, directory)
            code, said = store("inspect", directory)
            self.assertEqual(said["error"]["file"], "history-1.arc")
            to = os.path.join(work, "salvaged-" + name)
            code, said = store("salvage", directory, "--to", to)
            self.assertEqual(code, 0, said)
            saved = store("inspect", to, "--all")[1]["state"]
            lost = any(len(saved[kind]) < len(every[kind]) for kind in ("orders", "fills"))
            # The generation before and its log may hold all that the damaged end of the archive held.
            self.assertTrue(not lost or any(left["file"] == "history-1.arc" for left in said["left_behind"]), said)
            self.assertTrue(lost or name == "cut", name)
            self.assertEqual(saved["balances"], every["balances"])
            for kind in ("orders", "fills"):
                self.assertTrue(all(row in every[kind] for row in saved[kind]))
                self.assertGreaterEqual(len(saved[kind]), len(seen["state"][kind]))
            shutil.rmtree(to)
        with open(path, "wb") as file:
            file.write(good)
        self.assertEqual(store("verify", directory)[0], 0)


if __name__ == "__main__":
    sys.exit(unittest.main())
