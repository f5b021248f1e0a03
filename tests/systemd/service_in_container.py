"""service_in_container.py PROGRAMS SOURCE: runs service_test.py under a real systemd; exit 77 where there can be none.

PROGRAMS is the directory of supervisor and orchestrator, SOURCE that of the repository.
"""

import sys

from container import Container, Unavailable

SKIPPED = 77
LIMIT = 240


def main():
    programs, source = sys.argv[1:3]
    try:
        container = Container({programs: "/opt/s1mpletrader", source: "/opt/source"})
    except Unavailable as why:
        print(f"skipped: {why}")
        return SKIPPED
    with container:
        done = container.run("python3", "-B", "/opt/source/tests/systemd/service_test.py", timeout=LIMIT)
        print(done.stdout + done.stderr)
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
