"""Real store directories, damaged at random: nothing damaged is ever served as good.

Two thousand seeded damages (flip, zero, cut, lengthen, remove) of directories that the real programs left behind.
Each time: exit 65 with file, offset and reason, or exactly the records that were there; only the last group of a log
without a clean stop may be missing, and then torn_bytes says so. Nothing is changed by looking. On every tenth the
independent reader of FORMAT.md must come to the same verdict.
"""

import json
import os
import random
import subprocess
import sys
import unittest

import runs
import store_reader

DAMAGES = int(os.environ.get("S1MPLE_DAMAGES", "2000"))
TREND = 'fast = 2\nslow = 4\nquantity = "0.01"\n'
GRID = 'levels = 3\nspacing = "0.0005"\nquantity = "0.01"\n'


def inspect(directory):
    done = subprocess.run([runs.ORCHESTRATOR, "store", "inspect", "--dir", directory], capture_output=True, timeout=60)
    return done.returncode, json.loads(done.stdout)


def files_of(directory):
    return sorted(name for name in os.listdir(directory) if os.path.isfile(os.path.join(directory, name)))


class Specimen:
    """A directory with what it held, and what may be cut from its end."""

    def __init__(self, directory):
        self.directory = directory
        self.files = [name for name in files_of(directory) if name != "LOCK"]
        self.bytes = {}
        for name in self.files:
            with open(os.path.join(directory, name), "rb") as file:
                self.bytes[name] = file.read()
        self.used = {name: max(1, len(data.rstrip(b"\0"))) for name, data in self.bytes.items()}
        code, self.truth = inspect(directory)
        assert code == 0, self.truth
        self.digests = {self.truth["seq"]: self.truth["records_digest"]}
        for store in [store_reader.Store(directory)]:
            store.read()
            self.digests.update(store.trace)
            self.last_group, self.last_group_at = store.last_group, store.last_group_at

    def put_back(self):
        for name in files_of(self.directory):
            if name not in self.bytes and name != "LOCK":
                os.remove(os.path.join(self.directory, name))
        for name, data in self.bytes.items():
            path = os.path.join(self.directory, name)
            if not os.path.exists(path) or os.stat(path).st_size != len(data):
                with open(path, "wb") as file:
                    file.write(data)

    def seen(self):
        return {name: (os.stat(os.path.join(self.directory, name)).st_size, os.stat(os.path.join(self.directory, name)).st_mtime_ns)
                for name in files_of(self.directory)}

    def check(self, code, report):
        if code != 0:
            assert code == 65, f"exit {code}: {report.get('error')}"
            error = report["error"]
            assert error["file"] and error["offset"] is not None and error["reason"] and error["help"]
            return "refused"
        seq = report["seq"]
        assert self.digests.get(seq) == report["records_digest"], f"serves records up to {seq} that never were"
        if seq == self.truth["seq"]:
            assert report["state"] == self.truth["state"], "serves another state"
            return "whole"
        assert not self.truth["clean_stop"], f"records behind {seq} of a clean stop are gone"
        assert seq >= self.last_group and report["torn_bytes"] > 0, f"serves {seq}, the last group begins behind {self.last_group}, torn_bytes {report['torn_bytes']}"
        return "cut"


def patch(path, offset, data):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(data)


def damage(specimen, rng):
    """Does one; returns what it was and how to take it back."""
    name = rng.choice(specimen.files)
    path, data = os.path.join(specimen.directory, name), specimen.bytes[name]
    reach = specimen.used[name] if rng.random() < 0.85 else len(data)
    at = rng.randrange(reach)
    kind = rng.choice(("flip", "flip", "flip", "zero", "zero", "cut", "lengthen", "remove"))
    if kind == "flip":
        patch(path, at, bytes([data[at] ^ (1 << rng.randrange(8))]))
        return f"flip {name} {at}", lambda: patch(path, at, data[at:at + 1])
    if kind == "zero":
        size = min(rng.choice((1, 4, 64, 512, 4096)), len(data) - at)
        # Zeros over the last group and what lies before it make the log that once was: no reader can tell.
        file, last = specimen.last_group_at
        if name == file and at < last:
            size = min(size, last - at)
        patch(path, at, bytes(size))
        return f"zero {name} {at} {size}", lambda: patch(path, at, data[at:at + size])
    if kind == "cut":
        os.truncate(path, at)
        return f"cut {name} {at}", lambda: None
    if kind == "lengthen":
        with open(path, "ab") as file:
            file.write(rng.choice((b"\0", b"x")) * rng.choice((1, 8, 4096)))
        return f"lengthen {name}", lambda: os.truncate(path, len(data))
    os.remove(path)
    return f"remove {name}", lambda: None


def reader_verdict(directory):
    try:
        report = store_reader.read(directory)
        return 0, {name: report[name] for name in ("seq", "records", "records_digest", "snapshot_seq", "epoch", "clean_stop", "torn_bytes")}
    except store_reader.Damaged as error:
        return 65, str(error)
    except store_reader.Refused as error:
        return 64, str(error)


def killed_home(home, kill_at):
    config = runs.synthetic_config(home, TREND, GRID, rows_per_s=2000)
    code, said = runs.run_to_end(config, os.path.join(home, "home"), kill_at=kill_at)
    assert code == -9, said
    return os.path.join(home, "home", "state")


def drilled(home, *arguments):
    directory = os.path.join(home, "drill" + str(len(os.listdir(home))))
    subprocess.run([runs.ORCHESTRATOR, "store", "drill", "--dir", directory, *arguments], check=True, capture_output=True)
    return directory


class Damages(unittest.TestCase):
    def test_nothing_damaged_is_served_as_good(self):
        rng = random.Random(2023)
        with runs.Home() as home:
            state = killed_home(home, 260)
            # A second drill has an older generation and a log that goes on over an epoch.
            twice = drilled(home, "--commits", "40", "--group", "3")
            subprocess.run([runs.ORCHESTRATOR, "store", "drill", "--dir", twice, "--commits", "9"], check=True, capture_output=True)
            specimens = [Specimen(state), Specimen(os.path.join(state, "paper")), Specimen(twice)]
            self.assertTrue(specimens[2].truth["clean_stop"])
            self.assertFalse(specimens[0].truth["clean_stop"])
            outcomes = {}
            for number in range(DAMAGES):
                specimen = specimens[number % len(specimens)]
                what, undo = damage(specimen, rng)
                before = specimen.seen()
                code, report = inspect(specimen.directory)
                try:
                    outcome = specimen.check(code, report)
                    self.assertEqual(specimen.seen(), before, "looking changed something")
                    if number % 10 == 0:
                        theirs = reader_verdict(specimen.directory)
                        ours = (code, {name: report[name] for name in theirs[1]}) if code == 0 and theirs[0] == 0 else (code, theirs[1])
                        self.assertEqual(theirs, ours, "the reader of FORMAT.md disagrees")
                except AssertionError as error:
                    raise AssertionError(f"damage {number} of {specimen.directory}: {what}: {error}") from None
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
                undo()
                specimen.put_back()
            print(f"{DAMAGES} damages: {outcomes}")
            self.assertGreater(outcomes.get("refused", 0), DAMAGES // 4)
            for specimen in specimens:
                self.assertEqual(inspect(specimen.directory)[1]["records_digest"], specimen.truth["records_digest"])


if __name__ == "__main__":
    sys.exit(unittest.main())
