"""Reads both sides' books with `store inspect` and checks that they tell the same story.

The rules are those of the product's promises: a fill stands once on both sides, an order at the exchange has its
intent on ours, positions, cash, reserved funds and open orders agree and equal the sum of the fills.
"""

import collections
import decimal
import json
import os
import subprocess

decimal.getcontext().prec = 60
Decimal = decimal.Decimal
CLOSED = {"filled", "cancelled", "expired", "rejected", "abandoned"}


class Books:
    def __init__(self, ours, theirs):
        self.ours = ours
        self.theirs = theirs

    @property
    def our_fills(self):
        return {fill["exec_id"]: fill for fill in self.ours["state"]["fills"]}

    @property
    def their_fills(self):
        return {fill["exec_id"]: fill for fill in self.theirs["state"]["fills"]}


def inspect(orchestrator, directory):
    done = subprocess.run([orchestrator, "store", "inspect", "--dir", directory], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"inspect {directory}: exit {done.returncode}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def read(orchestrator, home):
    return Books(inspect(orchestrator, os.path.join(home, "state")), inspect(orchestrator, os.path.join(home, "state", "paper")))


def unique(items, key, what):
    seen = collections.Counter(item[key] for item in items if item[key])
    twice = [name for name, times in seen.items() if times > 1]
    assert not twice, f"{what} twice: {twice}"


def fill_key(fill):
    names = ("exec_id", "order_id", "client_id", "symbol", "side", "fee_asset", "time")
    amounts = ("price", "quantity", "fee")
    return tuple(fill[name] for name in names) + tuple(Decimal(fill[name]) for name in amounts)


def check_always(books):
    """Holds at any instant, also right after a kill, when ours may be behind."""
    ours, theirs = books.ours["state"], books.theirs["state"]
    unique(ours["fills"], "exec_id", "fill counted")
    unique(theirs["fills"], "exec_id", "fill at the exchange")
    unique(ours["orders"], "client_id", "intent")
    unique([o for o in theirs["orders"] if o["status"] != "rejected"], "client_id", "order at the exchange")
    known = {order["client_id"] for order in ours["orders"]}
    for order in theirs["orders"]:
        assert order["client_id"] in known, f"the exchange has {order['client_id']}, which no intent of ours names"
    at_exchange = {fill_key(fill) for fill in theirs["fills"]}
    for fill in ours["fills"]:
        assert fill_key(fill) in at_exchange, f"we count a fill that the exchange does not have: {fill}"


def balances_of(state):
    raw = state["balances"]
    if isinstance(raw, dict):
        return {asset: (Decimal(b["total"]), Decimal(b["reserved"])) for asset, b in raw.items()}
    return {b["asset"]: (Decimal(b["total"]), Decimal(b.get("reserved", 0))) for b in raw}


def check_settled(books, initial, taker_fee="0.004", cost_digits=5):
    """Holds when the run came to rest: both sides are the same."""
    check_always(books)
    ours, theirs = books.ours["state"], books.theirs["state"]
    missing = set(map(fill_key, theirs["fills"])) - set(map(fill_key, ours["fills"]))
    assert not missing, f"fills of the exchange that we do not count: {sorted(missing)}"

    def working(state):
        return {o["client_id"]: (o["symbol"], o["side"], o["type"], Decimal(o["quantity"]), Decimal(o["filled"]))
                for o in state["orders"] if o["status"] not in CLOSED}
    assert working(ours) == working(theirs), f"open orders differ:\n{working(ours)}\n{working(theirs)}"

    totals = {asset: Decimal(amount) for asset, amount in initial.items()}
    positions = collections.Counter()
    for fill in ours["fills"]:
        base, quote = fill["symbol"].split("/")
        sign = 1 if fill["side"] == "buy" else -1
        quantity, cost = Decimal(fill["quantity"]), Decimal(fill["quantity"]) * Decimal(fill["price"])
        totals[base] = totals.get(base, Decimal(0)) + sign * quantity
        totals[quote] = totals.get(quote, Decimal(0)) - sign * cost
        totals[fill["fee_asset"]] -= Decimal(fill["fee"])
        positions[(fill["strategy"], fill["symbol"])] += sign * quantity
    for side, state in (("ours", ours), ("the exchange's", theirs)):
        have = {asset: total for asset, (total, _) in balances_of(state).items()}
        for asset in set(totals) | set(have):
            assert have.get(asset, Decimal(0)) == totals.get(asset, Decimal(0)), \
                f"{side} {asset} is {have.get(asset)}, the fills say {totals.get(asset)}"
    for position in ours["positions"]:
        key = (position["strategy"], position["symbol"])
        assert Decimal(position["quantity"]) == positions.get(key, 0), f"position {key} is not the sum of its fills"

    reserved = collections.Counter()
    step = Decimal(1).scaleb(-cost_digits)
    for order in ours["orders"]:
        if order["status"] in CLOSED:
            continue
        base, quote = order["symbol"].split("/")
        rest = Decimal(order["quantity"]) - Decimal(order["filled"])
        if order["side"] == "sell":
            reserved[base] += rest
        else:
            cost = rest * Decimal(order["price"])
            reserved[quote] += (cost * (1 + Decimal(taker_fee))).quantize(step, rounding=decimal.ROUND_CEILING)
    for asset, (_, held) in balances_of(theirs).items():
        assert held == reserved.get(asset, 0), f"the exchange reserves {held} {asset}, our open orders need {reserved.get(asset, 0)}"


def money_story(books):
    """What two runs must have in common: fills (row, side, price, quantity, fee), cash and positions; ids excluded."""
    ours = books.ours["state"]
    fills = [(f["time"], f["strategy"], f["symbol"], f["side"], Decimal(f["price"]), Decimal(f["quantity"]), Decimal(f["fee"]))
             for f in ours["fills"]]
    cash = {asset: total for asset, (total, _) in balances_of(ours).items()}
    positions = {(p["strategy"], p["symbol"]): Decimal(p["quantity"]) for p in ours["positions"]}
    return fills, cash, positions
