"""Runs the real programs for the end-to-end tests: configurations, homes, unsupervised runs that may be killed."""

import os
import shutil
import subprocess
import tempfile

BIN = os.environ.get("S1MPLE_BIN", os.path.join(os.path.dirname(__file__), "../../build/dev/bin"))
ORCHESTRATOR = os.path.join(BIN, "orchestrator")
SUPERVISOR = os.path.join(BIN, "supervisor")
KILL_AT = os.environ.get("S1MPLE_KILL_AT", os.path.join(os.path.dirname(__file__), "../../build/dev/tests/libkill_at.so"))
SHARED = os.environ.get("S1MPLE_SHARED", os.path.join(os.path.dirname(__file__), "../../../shared"))
INITIAL = {"EUR": "10000"}

INSTRUMENT = """
[[instrument]]
symbol = "{symbol}"
price_step = "0.01"
quantity_step = "0.00000001"
quantity_min = "0.0001"
cost_min = "0.5"
price_digits = 2
quantity_digits = 8
cost_digits = 5
"""

# Small segments: a home is made for each kill point.
STORE = "[store]\nsnapshot_after_mib = 1\n"

# Both strategies, so quick to trade that a short run has entries, exits, stops, cancels and grid fills.
STRATEGIES = """
[[strategy]]
name = "trend"
kind = "ema_cross"
symbol = "{symbol}"
{trend}

[[strategy]]
name = "grid"
kind = "grid"
symbol = "{symbol}"
{grid}
"""


def replay_config(directory, csv, symbol, trend, grid, at_end="stop"):
    path = os.path.join(directory, "replay.toml")
    with open(path, "w") as out:
        out.write(f'[orchestrator]\nenvironment = "paper"\ndata = "replay"\nat_end = "{at_end}"\n')
        out.write(INSTRUMENT.format(symbol=symbol))
        out.write(f'[replay]\nspeed = "max"\n[[replay.file]]\nsymbol = "{symbol}"\npath = "{csv}"\n')
        out.write(f'[paper.balances]\nEUR = "{INITIAL["EUR"]}"\n')
        out.write(STORE)
        out.write(STRATEGIES.format(symbol=symbol, trend=trend, grid=grid))
    return path


def synthetic_text(trend, grid, rows_per_s=200, extra="", synthetic="", strategies=True):
    text = '[orchestrator]\nenvironment = "paper"\ndata = "synthetic"\n'
    text += INSTRUMENT.format(symbol="BTC/EUR").replace('price_step = "0.01"', 'price_step = "0.1"')
    text += f'[synthetic]\nseed = 7\nrows_per_s = {rows_per_s}\n{synthetic}'
    text += f'[paper.balances]\nEUR = "{INITIAL["EUR"]}"\n'
    text += STORE
    if strategies:
        text += STRATEGIES.format(symbol="BTC/EUR", trend=trend, grid=grid)
    return text + extra


def synthetic_config(directory, trend, grid, rows_per_s=200, extra=""):
    path = os.path.join(directory, "synthetic.toml")
    with open(path, "w") as out:
        out.write(synthetic_text(trend, grid, rows_per_s, extra))
    return path


MEMORY = "/dev/shm"
ROOM = 1 << 30


def quickest_directory():
    """What was written outlives a kill in memory as well as on a disk, and nobody waits for the disk."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return None


class Home:
    """A directory that is removed at the end."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="s1mple-test-", dir=quickest_directory())
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def market_row(books):
    """How far our books saw the market."""
    return max((seen["row"] for seen in books.ours["state"]["market"]), default=0)


def run_to_end(config, home, kill_at=None, mode="normal", timeout=60, log=None):
    """One unsupervised run; the exit code, -9 when it was killed, and what it said."""
    env = dict(os.environ)
    if kill_at is not None:
        env["LD_PRELOAD"] = KILL_AT
        env["KILL_AT"] = str(kill_at)
        if log is not None:
            env["KILL_LOG"] = log
    done = subprocess.run([ORCHESTRATOR, "run", "--config", config, "--home", home, "--mode", mode],
                          env=env, capture_output=True, text=True, timeout=timeout)
    return done.returncode, done.stderr
