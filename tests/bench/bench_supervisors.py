"""Our supervisor beside runit, s6, supervisord and a bare loop, in one run, on the same child.

    bench_supervisors.py DIRECTORY_OF_THE_PROGRAMS [--kills N] [--settle SECONDS] [--rest SECONDS]

The child is bench_restart, which stamps the clock in its first instruction. Measured, in turns: from a kill of a child
that ran for a while to the next one's first instruction; the same of one that is killed as soon as it runs; from a stop
(SIGSTOP) to the next one; memory (PSS), wake-ups and processor time of the supervising process at rest. A peer that is
not installed is left out, by name (packages: runit, s6, supervisor). Units: milliseconds, KiB, per second, percent of
one core. Figures want a quiet machine. Output: one table.
"""

import argparse
import os
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HANG_PATIENCE = 5.0   # seconds after which a supervisor is taken for one that never notices


class Contender:
    """One supervising process and the child's stamps; `start` gives its arguments for a directory and a child."""

    def __init__(self, name, start, programs):
        self.name = name
        self.home = tempfile.mkdtemp(prefix="s1mple-bench-")
        fifo = os.path.join(self.home, "stamps")
        os.mkfifo(fifo)
        self.stamps = os.open(fifo, os.O_RDWR)
        self.unread = b""
        self.process = subprocess.Popen(start(self.home, programs), env=dict(os.environ, BENCH_STAMPS=fifo),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        self.child = self.next()[0]

    def next(self, patience=60.0):
        """The pid and the first instant (ns) of the next child; None if there is none in time."""
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            line, found, rest = self.unread.partition(b"\n")
            if found:
                self.unread = rest
                pid, at = map(int, line.split())
                if pid:   # "0 0" says only that our supervisor has seen progress
                    return pid, at
            elif select.select([self.stamps], [], [], left)[0]:
                self.unread += os.read(self.stamps, 4096)
        return None

    def kill(self):
        """Milliseconds from the child's death to the next one."""
        begun = time.monotonic_ns()
        os.kill(self.child, signal.SIGKILL)
        self.child, at = self.next()
        return (at - begun) / 1e6

    def hang(self):
        begun = time.monotonic_ns()
        os.kill(self.child, signal.SIGSTOP)
        found = self.next(HANG_PATIENCE)
        if found is None:
            os.kill(self.child, signal.SIGCONT)
            return None
        self.child, at = found
        return (at - begun) / 1e6

    def rest(self, seconds):
        """(PSS in KiB, wake-ups a second, percent of a core)."""
        def counted():
            wakes = spent = 0
            for task in os.listdir(f"/proc/{self.process.pid}/task"):
                base = f"/proc/{self.process.pid}/task/{task}"
                with open(base + "/status", encoding="utf-8") as file:
                    wakes += sum(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt"))
                with open(base + "/schedstat", encoding="utf-8") as file:
                    spent += int(file.read().split()[0])
            return wakes, spent
        wakes, spent = counted()
        time.sleep(seconds)
        wakes_now, spent_now = counted()
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="utf-8") as file:
            pss = next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        return pss, (wakes_now - wakes) / seconds, (spent_now - spent) / seconds / 1e7

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for stop in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.kill(self.child, stop)
            except ProcessLookupError:
                pass
        os.close(self.stamps)
        shutil.rmtree(self.home, ignore_errors=True)


def script(home, child):
    path = os.path.join(home, "run")
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"#!/bin/sh\nexec '{child}' bare\n")
    os.chmod(path, 0o755)


def bare(_, programs):
    return [os.path.join(programs, "bench_restart"), "loop"]


def ours(home, programs):
    config = os.path.join(home, "config.toml")
    with open(config, "w", encoding="utf-8") as out:
        out.write(f'[supervisor]\norchestrator = "{os.path.join(programs, "bench_restart")}"\n')
    return [os.path.join(programs, "supervisor"), "run", "--config", config, "--home", os.path.join(home, "h")]


def runit(home, programs):
    script(home, os.path.join(programs, "bench_restart"))
    return ["runsv", home]


def s6(home, programs):
    script(home, os.path.join(programs, "bench_restart"))
    return ["s6-supervise", home]


def supervisord(home, programs):
    config = os.path.join(home, "supervisord.conf")
    with open(config, "w", encoding="utf-8") as out:
        out.write(f"[supervisord]\nlogfile={home}/log\npidfile={home}/pid\n[program:child]\nautorestart=true\n"
                  f"command={os.path.join(programs, 'bench_restart')} bare\n")
    return ["supervisord", "-n", "-c", config]


CONTENDERS = [("bare loop", None, bare), ("ours", None, ours), ("runit", "runsv", runit), ("s6", "s6-supervise", s6),
              ("supervisord", "supervisord", supervisord)]


def measure(contender, options):
    settled, rapid = [], []
    for _ in range(options.kills):
        time.sleep(options.settle)
        settled.append(contender.kill())
        rapid.append(contender.kill())
    time.sleep(options.settle)
    hang = contender.hang() if contender.name != "bare loop" else None
    time.sleep(options.settle)
    pss, wakes, percent = contender.rest(options.rest)
    return (f"{statistics.median(settled):.1f}", f"{statistics.median(rapid):.1f}",
            "never" if hang is None else f"{hang:.0f}", str(pss), f"{wakes:.1f}", f"{percent:.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("programs")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--settle", type=float, default=2.0)
    parser.add_argument("--rest", type=float, default=10.0)
    options = parser.parse_args()
    programs = os.path.abspath(options.programs)
    columns = ("", "kill -> next, ms", "killed at once, ms", "stopped -> next, ms", "PSS, KiB", "wake-ups/s", "cpu, %")
    widths = [14] + [len(column) + 2 for column in columns[1:]]
    print("".join(column.rjust(width) for column, width in zip(columns, widths)))
    for name, program, start in CONTENDERS:
        if program is not None and shutil.which(program) is None:
            print(f"{name.rjust(widths[0])}  skipped: {program} is not installed")
            continue
        contender = Contender(name, start, programs)
        try:
            row = (name, *measure(contender, options))
        finally:
            contender.end()
        print("".join(value.rjust(width) for value, width in zip(row, widths)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
