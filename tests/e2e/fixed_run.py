"""One short run under the real supervisor, the same each time: a recorded market, then what operators ask.

The market is played to its end; then orders are listed, trading is halted, everything is flattened, resumed, and both
programs are stopped. Every step may be asked again, so the run goes on wherever a program was killed in it. It notes
what the outside was told, and fails when a later answer forgets it: a halt that was answered holds until `resume`, an
epoch is never seen with a second pid, no two orchestrators live on one home.
"""

import collections
import concurrent.futures
import itertools
import json
import os
import subprocess
import time

import books
import runs
import support

TREND = 'fast = 2\nslow = 4\nbar = "0s"\nquantity = "3"\nstop_distance = "0.004"\n'
GRID = 'levels = 2\nspacing = "0.002"\nquantity = "1"\nstart_levels = 1\nrecentre_after = "60s"\n'
SYMBOL = "AAA/EUR"
PATIENCE = float(os.environ.get("S1MPLE_PATIENCE", "40"))   # for one step, on a machine that does much else

# Restarts are at once and never counted to the end; a lost answer is no hang on a busy machine.
SUPERVISOR = """
[supervisor.restart]
safe_after = 100
parked_after = 100
backoff_base = "10ms"
backoff_cap = "10ms"
[supervisor.liveness]
ping_interval = "50ms"
lost_pings = 100
link_grace = "1s"
[alerts]
command = ["/bin/sh", "-c", "cat >> {told}; echo >> {told}"]
retry_base = "10ms"
"""


def write_market(path, rows):
    """A price that swings through the grid and across the averages, with equal times as in real files."""
    with open(path, "w", encoding="utf-8") as out:
        price, second = 100_00, 1_700_000_000
        for row in range(rows):
            price += (37, -12, 55, -71, 24, -9, -43, 31)[row % 8] * (1 if (row // 12) % 2 == 0 else -1)
            second += (0, 1, 20, 0, 3)[row % 5]
            out.write(f"{second},{price // 100}.{price % 100:02d},{1 + row % 3}.5\n")


def living(home):
    """The orchestrators of this home: pids of processes that have not ended."""
    pids = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if words[1:2] == [b"run"] and b"--link" in words and home.encode() in words and support.is_alive(int(name)):
            pids.append(int(name))
    return pids


def only_protected(now):
    return all(order["protective"] for order in now["open_orders"])


class FixedRun:
    def __init__(self, directory, csv, rows, kill=None):
        """`kill` is a program's name and the plan: at which of its calls its first, second, ... process is killed."""
        self.home = os.path.join(directory, "home")
        os.makedirs(self.home)
        self.told_path = os.path.join(directory, "delivered")
        self.rows = rows
        config = runs.replay_config(directory, csv, SYMBOL, TREND, GRID, at_end="wait")
        with open(config, encoding="utf-8") as text:
            self.supervisor = support.Supervisor(
                runs.SUPERVISOR, text.read() + SUPERVISOR.format(told=self.told_path), self.home, self.kills(directory, kill))
        self.calls = os.path.join(directory, "calls")
        self.client = None
        self.halted = False      # was answered, and resume was not asked yet
        self.halt_seen = False   # and the orchestrator showed it, or was started after it
        self.before_halt = set() # orchestrators that had been started when the halt was answered
        self.epochs = {}         # epoch -> pid, as status told them
        self.starts = 0          # of supervisors
        self.done = set()
        self.kills_orchestrator = kill is not None and kill[0] == "orchestrator"
        self.stories = []        # of the money when the market was played to its end: (supervisor's start, story)

    @staticmethod
    def kills(directory, kill):
        if kill is None:
            return {}
        program, plan = kill
        path = os.path.join(directory, "plan")
        with open(path, "w", encoding="utf-8") as out:
            out.write("".join(f"{number}\n" for number in plan))
        return {"LD_PRELOAD": runs.KILL_AT, "KILL_PROGRAM": program, "KILL_PLAN": path,
                "KILL_LOG": os.path.join(directory, "calls")}

    # -- the run

    def go(self):
        """The whole run; a supervisor that was killed is started again, and nothing else is helped."""
        end = time.monotonic() + 3 * PATIENCE
        while not self.ended_cleanly():
            if time.monotonic() > end:
                raise AssertionError(f"the run does not come to its end: {self.supervisor.log()[-3000:]}")
            self.start()
            try:
                self.drive()
            except ConnectionError as broken:
                try:
                    self.supervisor.process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    raise AssertionError(f"the connection broke ({broken}), and nobody died") from broken
            self.close()

    def ended_cleanly(self):
        path = os.path.join(self.home, "state", "state.json")
        if "stop" not in self.done or self.supervisor.process.poll() != 0 or not os.path.exists(path):
            return False
        return all(books.inspect(runs.ORCHESTRATOR, os.path.join(self.home, one))["clean_stop"] for one in ("state", "state/paper"))

    def start(self):
        self.starts += 1
        self.supervisor.spawn()

        def connected():
            if self.supervisor.process.poll() is not None:
                return True
            # A child on its way to exec may hold the socket of a supervisor that was killed: an answer counts.
            try:
                client = self.supervisor.connect()
            except OSError:
                return False
            try:
                client.call("version")
                self.client = client
                return True
            except OSError:
                client.close()
                return False
        support.wait_until(connected, PATIENCE, "control.sock is served")
        code = self.supervisor.process.poll()
        if code is not None and code != -9:
            raise AssertionError(f"the supervisor ended with {code}: {self.supervisor.log()[-3000:]}")

    def close(self):
        if self.client is not None:
            self.client.close()
        self.client = None
        if self.supervisor.process.poll() is None:
            self.supervisor.stop(PATIENCE)

    def drive(self):
        if self.client is None:
            raise ConnectionError("it was killed before it served anybody")
        self.until(self.has_played, "the market was played to its end")
        if "resume" not in self.done and not self.halted:
            self.look()
        self.ask("orders", {"all": True})
        self.ask("reconcile", {})
        if "resume" not in self.done:
            self.ask("halt", {"reason": "end of the day"})
            self.before_halt = self.supervisor.seen | set(living(self.home))
            self.halted = True
            self.until(lambda now: now["trading"] == "halted", "the orchestrator shows the halt")
            self.halt_seen = True
            self.until(only_protected, "everything that adds risk was cancelled")
            self.ask("flatten", {"confirm": True, "allow_stale": True})
            self.until(lambda now: not now["portfolio"]["positions"], "everything was sold")
            self.until(lambda _: "flattened" in self.delivered(), "the alert was delivered")
            self.done.add("resume")
            self.halted = self.halt_seen = False
        self.ask("resume", {"reason": "a new day"})
        self.until(lambda now: now["trading"] != "halted", "trading is not halted")
        self.client.close()
        self.client = None
        code = self.supervisor.stop(PATIENCE)
        # 70: the orchestrator was killed while it was stopping, which the supervisor tells.
        assert code in (0, -9, 70 if self.kills_orchestrator else 0), f"the supervisor ended with {code}"
        self.done.add("stop")

    def has_played(self, now):
        ended = any(reason["text"] == "the source has ended" for reason in now["reasons"])
        return ended and any(one["row"] == self.rows for one in now["symbols"]) and now["reconciliation"]["at"] is not None

    def look(self):
        """Orders rest and positions are held now: more to compare than at the end."""
        now = self.books()
        books.check_settled(now, runs.INITIAL)
        self.stories.append((self.starts, books.money_story(now)))

    def ask(self, method, params):
        """Asks until it is answered; a key makes it the same request each time."""
        refusals = [None]

        def answered():
            try:
                return [self.client.call(method, params, f"{method}-of-the-run")]
            except support.RpcError as refusal:
                if refusal.code not in (-32001, -32002, -32003):
                    raise
                refusals[0] = refusal
                return None
        try:
            return support.wait_until(answered, PATIENCE, f"{method} is answered")[0]
        except AssertionError as failure:
            raise AssertionError(f"{failure}; the last refusal: {refusals[0]}") from None

    def until(self, condition, what):
        def holds():
            status = self.client.call("status")
            self.judge(status)
            now = status["orchestrator"]
            return now and now.get("phase") == "running" and now.get("symbols") and condition(now)
        support.wait_until(holds, PATIENCE, what)

    def judge(self, status):
        if self.halted:
            assert status["supervisor"]["halted"], f"the supervisor forgot the halt: {status['supervisor']}"
        now = status["orchestrator"]
        if not now or not now.get("epoch"):
            return
        self.supervisor.seen.add(now["pid"])
        self.halt_seen = self.halt_seen or (self.halted and now["pid"] not in self.before_halt)
        if self.halt_seen and "trading" in now:
            assert now["trading"] == "halted", f"the orchestrator forgot the halt: {now['reasons']}"
        assert self.epochs.setdefault(now["epoch"], now["pid"]) == now["pid"], f"epoch {now['epoch']} was used twice"
        assert now["epoch"] == max(self.epochs), f"epoch {now['epoch']} after {max(self.epochs)}"
        alive = living(self.home)
        assert len(alive) <= 1, f"two orchestrators on one home: {alive}"

    def delivered(self):
        """Codes of the alerts that the command was given."""
        if not os.path.exists(self.told_path):
            return set()
        with open(self.told_path, encoding="utf-8") as lines:
            return {json.loads(line)["code"] for line in lines if line.strip()}

    # -- after it

    def books(self):
        return books.read(runs.ORCHESTRATOR, self.home)

    def check_told(self, after):
        """What the outside was told, against what is on disk in the end."""
        epoch = after.ours["epoch"]
        assert not self.epochs or epoch >= max(self.epochs), f"the store ends in epoch {epoch}, status told {max(self.epochs)}"
        mirror = self.supervisor.saved()
        assert mirror["epoch"] == epoch, f"the supervisor mirrors epoch {mirror['epoch']}, the store has {epoch}"
        assert not mirror["halt"]["halted"], "the supervisor is still halted after resume"
        assert not after.ours["state"]["reasons"], f"reasons are left: {after.ours['state']['reasons']}"
        assert not after.ours["state"]["alerts"], f"alerts were never handed over: {after.ours['state']['alerts']}"
        for store in ("state", "state/paper"):
            assert not os.path.exists(os.path.join(self.home, store, "state.json.journal")), f"{store} has a journal after a clean stop"

    def calls_made(self):
        """One text for each call that was counted, of each process in turn: its name, and "killed"."""
        if not os.path.exists(self.calls):
            return []
        with open(self.calls, encoding="utf-8") as lines:
            return [" ".join(line.split()[1:]) for line in lines]

    def cleanup(self):
        for pid in living(self.home):
            self.supervisor.seen.add(pid)
        self.supervisor.cleanup()


def kill_everywhere(kill_at, workers, step):
    """Runs kill_at(1), kill_at(1 + step), ... until the runs end before their point; how often each call was the point.

    kill_at gives the calls that its run made, one a line, the last one marked "killed"; none when it was not killed.
    """
    def name_at(point):
        try:
            calls = kill_at(point)
        except Exception as failure:
            raise AssertionError(f"kill point {point}: {failure}") from failure
        return calls[point - 1].split()[0] if any(call.endswith("killed") for call in calls) else ""

    names = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for batch in itertools.count():
            points = [1 + step * (batch * workers + i) for i in range(workers)]
            killed = [name for name in pool.map(name_at, points) if name]
            names.update(killed)
            if not killed:
                return names
