"""service_in_container.py PROGRAMS SOURCE [FILE [ARGUMENTS]]: runs FILE, service_test.py, under a real systemd.

Exit 77 where there can be none.

PROGRAMS is the directory of supervisor and orchestrator, SOURCE that of the repository.
"""

import os
import signal
import subprocess
import sys

from container import Container, Unavailable

SKIPPED = 77
SOAK = "service_soak.py"   # takes as long as it was told
LIMIT = 840   # seconds; below ctest's own, so that it is this program that cleans up


def main():
    programs, source = sys.argv[1:3]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))   # the container is ended on the way out
    try:
        container = Container({programs: "/opt/s1mpletrader", source: "/opt/source",
                               os.path.join(os.path.dirname(programs), "tests"): "/opt/tests"})
    except Unavailable as why:
        print(f"skipped: {why}")
        return SKIPPED
    with container:
        try:
            file, *arguments = sys.argv[3:] or ["service_test.py"]
            return container.run("python3", "-B", f"/opt/source/tests/systemd/{file}", *arguments,
                                 timeout=None if file == SOAK else LIMIT, stdout=sys.stdout, stderr=sys.stdout).returncode
        except subprocess.TimeoutExpired:
            print(f"not done after {LIMIT} s")
            return 1


if __name__ == "__main__":
    sys.exit(main())
