"""Configurations that must be refused, and those in deploy/ that must not, by the real programs.

Each row changes the example configuration in one place. A refusal names file and line and says what would be right,
for `run` as for both `check-config`s; exit 64, and the home is not even made.
"""

import os
import subprocess
import unittest

import runs
from real_case import LIMIT, RealCase, main, together

DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../deploy")
with open(os.path.join(DEPLOY, "paper.toml"), encoding="utf-8") as example:
    EXAMPLE = example.read()

BOTH = ("supervisor", "orchestrator")
ONLY_SUPERVISOR = ("supervisor",)   # its own tables, which the orchestrator leaves alone


def line_of(text, needle):
    return text[:text.index(needle)].count("\n") + 1


class Row:
    """What is wrong, and what is said: at the line where `at` stands in the changed file; None: at no line."""

    def __init__(self, name, old, new, says, at=None, who=BOTH):
        assert old == "" or old in EXAMPLE, old
        self.name, self.says, self.who = name, says, who
        self.text = EXAMPLE.replace(old, new, 1) if old else EXAMPLE + new
        if at == "":
            self.line = None
        else:
            self.line = line_of(self.text, at or new.strip("\n"))


GRID_SIZE = 'quantity = "0.01"\n# Levels bought'
ROWS = [
    # names
    Row("unknown key", 'price_collar = "0.05"', 'price_colar = "0.05"',
        "unknown key 'price_colar' in [risk]; allowed: max_messages, max_open_orders, "),
    Row("unknown key of the supervisor", 'lost_pings = 4', 'lost_ping = 4',
        "unknown key 'lost_ping' in [supervisor.liveness]; allowed: debugger_grace, ", who=ONLY_SUPERVISOR),
    Row("key of another kind", "levels = 3", "fast = 3",
        "unknown key 'fast' in [strategy]; allowed: kind, levels, name, quantity, "),
    Row("unknown table", "", "\n[risc]\nmax_messages = 1\n",
        "unknown table or key 'risc'; allowed: supervisor, alerts, orchestrator, strategy, ", at="[risc]"),
    Row("unknown inner table", "[supervisor.restart]", "[supervisor.restarts]",
        "unknown key 'restarts' in [supervisor]; allowed: group, home, liveness, ", who=ONLY_SUPERVISOR),
    Row("key outside of tables", "[orchestrator]", "speed = 1\n[orchestrator]", "unknown table or key 'speed'", at="speed = 1"),
    Row("key in the wrong table", "", "\nkraken = 5\n", "unknown key 'kraken' in [alerts]", at="kraken = 5",
        who=ONLY_SUPERVISOR),
    # types
    Row("text for a number", "max_messages = 60", 'max_messages = "60"',
        "risk.max_messages: must be a whole number from 0 to 100000, not text"),
    Row("fraction for a number", "max_messages = 60", "max_messages = 60.5", "not a number with a fraction"),
    Row("number too large", "max_messages = 60", "max_messages = 99999999999999999999", "the number is too large"),
    Row("number out of range", "lost_pings = 4", "lost_pings = 1",
        "supervisor.liveness.lost_pings: must be from 2 to 100, not 1", who=ONLY_SUPERVISOR),
    Row("number for text", 'symbol = "BTC/EUR"\n# Prices', "symbol = 5\n# Prices",
        "instrument.symbol: must be quoted text, not a whole number", at="symbol = 5"),
    Row("text for a list", "command = []", 'command = "/bin/true"', "alerts.command: must be a list of quoted texts, not text",
        who=ONLY_SUPERVISOR),
    Row("relative command", "command = []", 'command = ["true"]', "must begin with the absolute path of a program",
        who=ONLY_SUPERVISOR),
    # amounts
    Row("unquoted amount", 'price_collar = "0.05"', "price_collar = 0.05",
        'risk.price_collar: amounts are quoted text: write "0.05"'),
    Row("unquoted whole amount", 'max_position = "50000"', "max_position = 50_000",
        'risk.max_position: amounts are quoted text: write "50000"'),
    Row("unquoted amount of a balance", 'balances = { EUR = "10000" }', "balances = { EUR = 10000 }",
        'paper.balances.EUR: amounts are quoted text: write "10000"'),
    Row("amount in words", 'price_collar = "0.05"', 'price_collar = "5%"',
        'risk.price_collar: must be a decimal number such as "0.01", not "5%"'),
    Row("negative size", GRID_SIZE, GRID_SIZE.replace("0.01", "-0.01"), 'strategy.quantity: must be from "', at='quantity = "-0.01"'),
    Row("size of nothing", GRID_SIZE, GRID_SIZE.replace("0.01", "0"), 'strategy.quantity: must be from "', at='quantity = "0"'),
    Row("size below the smallest order", GRID_SIZE, GRID_SIZE.replace("0.01", "0.00001"),
        "strategy.quantity: must be at least BTC/EUR's smallest order \"0.00005\"", at='quantity = "0.00001"'),
    Row("size between two steps", GRID_SIZE, GRID_SIZE.replace("0.01", "0.010000001"),
        "strategy.quantity: must be a multiple of BTC/EUR's quantity step", at='quantity = "0.010000001"'),
    Row("negative balance", 'EUR = "10000"', 'EUR = "-1"', 'paper.balances.EUR: must be from "0" to ', at="balances ="),
    # choices and spans
    Row("unknown choice", 'data = "synthetic"', 'data = "Synthetic"',
        'orchestrator.data: must be one of synthetic, replay, not "Synthetic"'),
    Row("choice of a later version", 'environment = "paper"', 'environment = "live"',
        'orchestrator.environment: must be one of paper, not "live"'),
    Row("unknown kind", 'kind = "grid"', 'kind = "gird"', "strategy.kind: must be one of ema_cross, grid, not 'gird'"),
    Row("span in words", 'flush_interval = "1s"', 'flush_interval = "soon"',
        'execution.flush_interval: must be a whole number and a unit, such as "250ms", "10s", "24h", not "soon"'),
    Row("span without unit", 'flush_interval = "1s"', 'flush_interval = "10"', 'not "10"'),
    Row("span unquoted", 'flush_interval = "1s"', "flush_interval = 10",
        'must be a quoted span from 10ms to 1m, such as "1s", not a whole number'),
    Row("span below nothing", 'flush_interval = "1s"', 'flush_interval = "-1s"', 'not "-1s"'),
    Row("span out of range", 'flush_interval = "1s"', 'flush_interval = "2h"', "must be from 10ms to 1m, not 2h"),
    # what is missing, or stands twice
    Row("strategy without name", 'name = "grid"\n', "", "[strategy] needs the key 'name'", at='[[strategy]]\n# Resting'),
    Row("strategy without kind", '# Resting limit orders on both sides of a price: buys low, sells one step higher.\nkind = "grid"\n', "",
        "[strategy] needs the key 'kind'", at='[[strategy]]\nname = "grid"'),
    Row("two strategies of one name", 'name = "grid"', 'name = "trend" ', "strategy.name: there is a strategy of this name already"),
    Row("name that is no name", 'name = "grid"', 'name = "My Grid"', "strategy.name: must be 1 to 32 of a-z, 0-9, '_' and '-'"),
    Row("strategy on an unknown symbol", 'kind = "grid"\nsymbol = "BTC/EUR"', 'kind = "grid"\nsymbol = "ETH/EUR"',
        "strategy.symbol: 'ETH/EUR' is no configured instrument; configured: BTC/EUR", at='symbol = "ETH/EUR"'),
    Row("strategy without a market", "", '\n[[instrument]]\nsymbol = "ETH/EUR"\n[[strategy]]\nname = "eth"\nkind = "grid"\nsymbol = "ETH/EUR" \n',
        "strategy.symbol: no market data: there is no [[synthetic.pair]] of 'ETH/EUR'", at='symbol = "ETH/EUR" \n'),
    Row("market of an unknown symbol", 'symbol = "BTC/EUR"\n# The price moves', 'symbol = "ETH/EUR"\n# The price moves',
        "synthetic.pair.symbol: there is no [[instrument]] 'ETH/EUR'", at='symbol = "ETH/EUR"'),
    Row("an instrument twice", "", '\n[[instrument]]\nsymbol = "BTC/EUR" \n', "there is an [[instrument]] of this symbol already",
        at='symbol = "BTC/EUR" \n'),
    Row("a symbol that is no pair", 'symbol = "BTC/EUR"\n# Prices', 'symbol = "BTC/EUR/X"\n# Prices',
        'instrument.symbol: must be base/quote, for example "BTC/EUR"', at='symbol = "BTC/EUR/X"'),
    # what does not go together
    Row("fast above slow", "fast = 5", "fast = 50", "strategy.fast: must be below `slow` (20)"),
    Row("more at the start than levels", "start_levels = 1", "start_levels = 9", "strategy.start_levels: must be at most `levels` (3)"),
    Row("maker above taker", 'maker_fee = "0.0025"', 'maker_fee = "0.0045"', "paper.maker_fee: must not be above taker_fee"),
    Row("base above cap", 'backoff_base = "100ms"', 'backoff_base = "40s"', "must not be longer than backoff_cap", who=ONLY_SUPERVISOR),
    Row("probe above its cap", 'probe_interval = "5s"', 'probe_interval = "10m"', "must not be above probe_interval_max"),
    Row("out above low", "space_out_mib = 24", "space_out_mib = 64", "store.space_out_mib: must be below space_low_mib"),
    Row("horizon within what is read", 'fill_horizon = "30d"', 'fill_horizon = "5m"', "store.fill_horizon: must be above [reconciliation] overlap"),
    Row("slow above the deadline", 'slow_after = "1s"', 'slow_after = "6s"', "store.slow_after: must be below sync_deadline"),
    Row("replay without a file", 'data = "synthetic"', 'data = "replay"', 'orchestrator.data: "replay" needs at least one [[replay.file]]'),
    # files and programs
    Row("replay of a missing file", '#[[replay.file]]\n#symbol = "BTC/EUR"\n#path = "/var/lib/s1mpletrader/XBTEUR.csv"',
        '[[replay.file]]\nsymbol = "BTC/EUR"\npath = "/nonexistent/XBTEUR.csv"', "", at='path = "/nonexistent'),
    Row("a missing orchestrator", 'orchestrator = ""', 'orchestrator = "/nonexistent/program"',
        "supervisor.orchestrator: must be a program that can be run: '/nonexistent/program': No such file or directory",
        who=ONLY_SUPERVISOR),
    Row("an orchestrator that is no program", 'orchestrator = ""', 'orchestrator = "/etc/passwd"', "'/etc/passwd' cannot be run",
        who=ONLY_SUPERVISOR),
    Row("an unknown group", 'group = ""', 'group = "s1mple-none"', "supervisor.group: there is no group 's1mple-none'",
        who=ONLY_SUPERVISOR),
    # no TOML at all
    Row("an open bracket", "", "\n[store\n", "is a closing bracket missing on this line?", at="[store\n"),
    Row("an open quote", 'price_collar = "0.05"', 'price_collar = "0.05', "is a closing quote missing on this line?"),
    Row("a key without value", "max_messages = 60", "max_messages =", "is the value behind '=' missing?"),
    Row("a key twice", "max_messages = 60", "max_messages = 60\nmax_messages = 61", "it stands twice", at="max_messages = 61"),
]
# A file that is not used is not asked for; the row that names one needs the data kind, too.
for one in ROWS:
    if one.name == "replay of a missing file":
        one.text = one.text.replace('data = "synthetic"', 'data = "replay"')
        one.says = "replay.file.path: must be a file that can be read: open /nonexistent/XBTEUR.csv: No such file or directory"


def run_one(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=LIMIT, check=False)


class Refused(RealCase):
    def check(self, row):
        directory = self.directory()
        path = os.path.join(directory, "bad.toml")
        home = os.path.join(directory, "home")
        with open(path, "w", encoding="utf-8") as file:
            file.write(row.text)
        asked = [(runs.SUPERVISOR, "check-config", path), (runs.SUPERVISOR, "run", "--config", path, "--home", home)]
        if row.who == BOTH:
            asked += [(runs.ORCHESTRATOR, "check-config", path), (runs.ORCHESTRATOR, "run", "--config", path, "--home", home)]
        for arguments in asked:
            done = run_one(*arguments)
            told = f"{row.name}: {os.path.basename(arguments[0])} {arguments[1]}: exit {done.returncode}: {done.stdout}{done.stderr}"
            self.assertEqual(done.returncode, 64, told)
            self.assertEqual(done.stdout, "", told)
            self.assertIn(f"bad.toml:{row.line}: ", done.stderr, told)
            self.assertIn(row.says, done.stderr, told)
            self.assertEqual(len(done.stderr.splitlines()), 1, f"more than one line for one mistake: {told}")
            self.assertEqual(os.listdir(directory), ["bad.toml"], told)

    def test_each_mistake_is_refused_with_file_and_line_and_what_would_be_right(self):
        together(self.check, ROWS)

    def test_a_file_without_an_instrument_or_no_file_at_all_is_refused(self):
        directory = self.directory()
        for name, text in (("empty.toml", ""), ("none.toml", None), ("directory", None)):
            path = os.path.join(directory, name)
            if text is not None:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            elif name == "directory":
                os.mkdir(path)
            for program in (runs.SUPERVISOR, runs.ORCHESTRATOR):
                done = run_one(program, "check-config", path)
                self.assertEqual(done.returncode, 64)
                self.assertIn(path, done.stderr)

    def test_an_alert_command_that_is_missing_is_a_warning(self):
        path = os.path.join(self.directory(), "warned.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(EXAMPLE.replace("command = []", 'command = ["/nonexistent/alert"]'))
        done = run_one(runs.SUPERVISOR, "check-config", path)
        self.assertEqual(done.returncode, 0)
        self.assertIn("alerts.command: '/nonexistent/alert': No such file or directory; alerts wait", done.stderr)


class Accepted(RealCase):
    def test_the_examples_in_deploy_pass_both(self):
        directory = self.directory()
        with open(os.path.join(directory, "XBTEUR.csv"), "w", encoding="utf-8") as file:
            file.write("1672531200,50000.0,0.1\n")
        for name in ("paper.toml", "replay.toml"):
            for program in (runs.SUPERVISOR, runs.ORCHESTRATOR):
                done = subprocess.run([program, "check-config", os.path.join(DEPLOY, name)], capture_output=True, text=True,
                                      cwd=directory, timeout=LIMIT, check=False)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""), name)

    def test_what_print_defaults_says_is_accepted_and_stands_in_the_example(self):
        printed = run_one(runs.ORCHESTRATOR, "check-config", "--print-defaults").stdout
        keys = [line for line in printed.splitlines() if line and not line.startswith(("#", "["))]
        self.assertGreater(len(keys), 60)
        shown = {line.lstrip("#") for line in EXAMPLE.splitlines()}
        self.assertEqual([key for key in keys if key not in shown and not key.startswith(("name", "kind", "symbol", "path"))], [])


if __name__ == "__main__":
    main()
