"""service_soak.py [KILLS]: kills the supervisor again and again, under a real systemd and at random moments.

At no instant may there be two orchestrators (seen from /proc, all the time), and in the end both books tell of the same
fills, each once. Every fourth time the orchestrator is killed, too. Runs inside the container, as root.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

import service_test as service

SEED = 20261123
LONGEST = 1.5   # seconds between two kills


class Census(threading.Thread):
    """Counts the orchestrators that live, all the time."""

    def __init__(self):
        super().__init__(daemon=True)
        self.most = []
        self.looks = 0
        self.ended = False

    def run(self):
        while not self.ended:
            self.most = max(self.most, service.processes("orchestrator"), key=len)
            self.looks += 1
            time.sleep(0.002)


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def wait_running():
    def running():
        now = service.status()
        one = now and now["orchestrator"]
        return one["pid"] if one and one.get("as_of") and one["phase"] == "running" else None
    return service.support.wait_until(running, 120, "it runs" + service.journal())


def fills(directory):
    done = subprocess.run(["runuser", "-u", "s1mpletrader", "--", "/opt/s1mpletrader/orchestrator", "store", "inspect", "--all",
                           "--dir", directory], capture_output=True, text=True, check=True)
    return sorted(fill["exec_id"] for fill in json.loads(done.stdout)["state"]["fills"])


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    dice = random.Random(SEED)
    service.install()
    service.drop_in("")
    service.systemctl("start", service.UNIT)
    pid = wait_running()
    census = Census()
    census.start()
    restarts = 0
    for number in range(kills):
        time.sleep(dice.uniform(0, LONGEST))   # the moment of the kill is what is tried
        kill(int(service.show("MainPID")) or 0x7FFFFFFF)
        if number % 4 == 3:
            kill(pid)
        now = wait_running()
        restarts += now != pid
        pid = now
    census.ended = True
    census.join()
    service.systemctl("stop", service.UNIT)
    ours, theirs = fills(f"{service.HOME}/state"), fills(f"{service.HOME}/state/paper")
    print(f"{kills} kills, {restarts} other orchestrators, {len(ours)} fills, looked {census.looks} times for a second one")
    assert len(census.most) <= 1, f"two at once: {census.most}"
    assert ours == theirs, "the books differ"
    assert len(set(ours)) == len(ours), "a fill counts twice"
    assert ours, "nothing was filled"


if __name__ == "__main__":
    main()
