"""A disk that fails at any call of the real program: nothing is acknowledged after it, nothing acknowledged is lost.

`store drill` runs under strace, which makes the N-th call of one kind fail, N = 1, 2, ... until a run is not hit.
Whatever happens, the program ends with 0 (the failure cost nothing) or 66, says why, and every acknowledged record is
there when `store recover` has run, with the digest that drill's payload must have (a second recovery: the same).
"""

import json
import os
import shutil
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

import runs
import store_reader

# Calls that make books durable, and how a disk refuses them.
FAULTS = [("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("fdatasync", "EIO"), ("fdatasync", "ENOSPC"), ("fsync", "EIO"),
          ("rename", "EIO"), ("rename", "ENOSPC"), ("link", "ENOSPC"), ("ftruncate", "EIO"), ("openat", "EIO"),
          ("openat", "EROFS"), ("openat", "EMFILE"), ("pread64", "EIO"), ("mkdir", "ENOSPC"), ("unlink", "EIO"),
          ("flock", "ENOLCK"), ("pwrite64", "EINTR"), ("pread64", "EINTR")]
COMMITS, BYTES = 5, 64


def payload(number):
    return number.to_bytes(8, "little") + bytes((number * 31 + i) % 256 for i in range(8, BYTES))


def digests(count):
    value, all_of_them = 0, {0: "00000000"}
    for number in range(1, count + 1):
        value = store_reader.crc32c(payload(number), store_reader.crc32c(value.to_bytes(4, "little")))
        all_of_them[number] = f"{value:08x}"
    return all_of_them


DIGESTS = digests(2 * COMMITS)


def drill(directory, *strace):
    command = [runs.ORCHESTRATOR, "store", "drill", "--dir", directory, "--commits", str(COMMITS), "--bytes", str(BYTES)]
    done = subprocess.run([*strace, *command], capture_output=True, text=True, timeout=120)
    acks = [int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("ack ")]
    return done, acks


def recover(directory):
    done = subprocess.run([runs.ORCHESTRATOR, "store", "recover", "--dir", directory], capture_output=True, text=True, timeout=60)
    return done.returncode, json.loads(done.stdout)


class Fault:
    def __init__(self, home, call, error, number, onto_books):
        self.call, self.error = call, error
        self.what = f"{call} {number} fails with {error}{' on books that exist' if onto_books else ''}"
        self.directory = os.path.join(home, f"{call}-{error}-{number}-{onto_books}")
        if onto_books:
            shutil.copytree(os.path.join(home, "before"), self.directory)
        trace = self.directory + ".trace"
        done, acks = drill(self.directory, "strace", "-f", "-o", trace, "-e", f"trace={call}",
                           "-e", f"inject={call}:error={error}:when={number}")
        with open(trace, encoding="utf-8", errors="replace") as file:
            self.was_hit = "(INJECTED)" in file.read()
        self.check(done, acks, COMMITS if onto_books else 0)
        shutil.rmtree(self.directory, ignore_errors=True)

    def check(self, done, acks, before):
        said = f"{self.what}: exit {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}"
        # 127: the loader could not open a library; the program never ran.
        # Books that cannot be read (EIO) are damage to a start; what cannot be written is 66; a lock not had, 68.
        may_be = {0, 66, 127} | ({65} if self.call in ("openat", "pread64") and self.error == "EIO" else set())
        may_be |= {68} if self.call == "flock" else set()
        may_be = {0, 127} if self.error == "EINTR" else may_be   # an interruption is no failure: the call is made again
        assert done.returncode in (may_be if self.was_hit else {0}), said
        assert not self.was_hit or "sync" not in self.call or done.returncode == 66, f"goes on after a failed sync: {said}"
        assert acks == list(range(before + 1, before + 1 + len(acks))), said
        if done.returncode == 0:
            assert len(acks) == COMMITS, said
        elif done.returncode != 127:
            assert '"reason":"' in done.stdout, f"does not say why: {said}"
        if not os.path.exists(self.directory):
            assert not acks, said
            return
        first = recover(self.directory)
        assert first[0] == 0, f"{said}; then recovery: {first}"
        seq = first[1]["seq"]
        assert max(acks, default=before) <= seq <= before + COMMITS, f"{said}; recovered {seq}"
        assert first[1]["records_digest"] == DIGESTS[seq], f"{said}; recovered another middle"
        again = recover(self.directory)
        assert again[1]["seq"] == seq and again[1]["records_digest"] == DIGESTS[seq], f"{said}; recovered {seq}, then {again[1]['seq']}"
        assert store_reader.read(self.directory)["seq"] == seq, said


class DiskFaults(unittest.TestCase):
    def test_no_failing_call_loses_or_invents_an_acknowledged_record(self):
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        with runs.Home() as home:
            drill(os.path.join(home, "before"))
            hits = 0

            def every_call(fault):
                call, error, onto_books = fault
                number = 0
                while True:
                    number += 1
                    if not Fault(home, call, error, number, onto_books).was_hit:
                        return number - 1

            with ThreadPoolExecutor(os.cpu_count()) as pool:
                hits = sum(pool.map(every_call, [(call, error, onto) for call, error in FAULTS for onto in (False, True)]))
            print(f"{hits} failing calls")
            self.assertGreater(hits, 100)


if __name__ == "__main__":
    sys.exit(unittest.main())
