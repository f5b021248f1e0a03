"""load_soak.py [MINUTES]: both real programs with the default deadlines, on a machine with twice the work it can do.

Two endless loops for each processor run beside them for ten minutes, when not told otherwise. No hang may be told, nothing
may be restarted, degraded or alerted, and the orchestrator trades all the while. Not in CI: it takes as long as it was told.
"""

import os
import subprocess
import sys
import time

import real_case

EACH = 2.0   # seconds between two looks


def burn(count):
    return [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]


def look(system, first, seen):
    """One answer of status, with nothing in it that should not be there."""
    status = system.status()
    one, supervisor = status["orchestrator"], status["supervisor"]
    assert supervisor["state"] == "running", supervisor
    assert not supervisor["degraded"] and supervisor["restarts"]["total"] == 0, supervisor
    assert one["pid"] == first["pid"] and one["trading"] == "active", one
    seen["lag"] = max(seen["lag"], one["loop_lag_ms"])
    seen["commit"] = max(seen["commit"], one["store"]["commit_p99_us"] or 0)
    seen["fills"] = one["fills"]


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    seen = {"lag": 0.0, "commit": 0, "fills": 0}
    # An empty table: the defaults are what is tried.
    system = real_case.System("[supervisor.liveness]\n", rows_per_s=20)
    burners = []
    try:
        system.start()
        first = system.wait_trading()
        burners = burn(2 * os.cpu_count())
        end = time.monotonic() + 60 * minutes
        while time.monotonic() < end:
            look(system, first, seen)
            time.sleep(EACH)   # the length of the soak, not a wait for anything
        alerts = system.rpc("alerts")["items"]
        assert not alerts, alerts
        assert seen["fills"] > first["fills"], "it did not trade"
        for word in ("hung", "process_unseen", "pong_fault"):
            assert word not in system.log(), system.log()[-4000:]
        assert system.stop() == 0
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
        system.cleanup()
    print(f"{minutes:g} minutes beside {len(burners)} endless loops on {os.cpu_count()} processors: no alarm, no restart, "
          f"{seen['fills']} fills; longest lag of the loop {seen['lag']:.1f} ms, commits p99 at most {seen['commit']} us")


if __name__ == "__main__":
    main()
