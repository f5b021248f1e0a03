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
    done = subprocess.run([orchestrator, "store", "inspect", "--all", "--dir", directory], capture_output=True, text=True, timeout=60)
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


def described(order):
    """What an intent and the order that it became must have in common."""
    price = None if order["price"] is None else Decimal(order["price"])
    return (order["symbol"], order["side"], order["type"], price, Decimal(order["quantity"]))


def filled_by_fills(state):
    filled = collections.Counter()
    for fill in state["fills"]:
        filled[fill["client_id"]] += Decimal(fill["quantity"])
    return filled


def check_one_side(state, whose):
    """Each side by itself: every id once, and every order filled by as much as its fills say."""
    unique(state["fills"], "exec_id", f"{whose} fill")
    unique(state["orders"], "client_id", f"{whose} order")
    unique(state["orders"], "order_id", f"{whose} venue id")   # none while it is not known, or refused
    filled = filled_by_fills(state)
    orders = {order["client_id"]: order for order in state["orders"]}
    for fill in state["fills"]:
        assert Decimal(fill["quantity"]) > 0, f"{whose} fill of nothing: {fill}"
        order = orders.get(fill["client_id"])
        assert order is not None, f"{whose} fill of an order that is not there: {fill}"
        assert (fill["symbol"], fill["side"]) == (order["symbol"], order["side"]), f"{whose} fill {fill} of {order}"
        assert fill["strategy"] == order["strategy"], f"{whose} fill of another strategy: {fill}, {order}"
    for name, order in orders.items():
        assert Decimal(order["filled"]) == filled[name], f"{whose} order {name} has filled {order['filled']}, its fills say {filled[name]}"
        assert filled[name] <= Decimal(order["quantity"]), f"{whose} order {name} is overfilled: {filled[name]}"


def check_always(books):
    """Holds at any instant, also right after a kill, when ours may be behind."""
    ours, theirs = books.ours["state"], books.theirs["state"]
    check_one_side(ours, "our")
    check_one_side(theirs, "the exchange's")
    intents = {order["client_id"]: order for order in ours["orders"]}
    for order in theirs["orders"]:
        intent = intents.get(order["client_id"])
        assert intent is not None, f"the exchange has {order['client_id']}, which no intent of ours names"
        assert described(order) == described(intent), f"the exchange's order {order} is not what we meant: {intent}"
    at_exchange = {fill_key(fill) for fill in theirs["fills"]}
    for fill in ours["fills"]:
        assert fill_key(fill) in at_exchange, f"we count a fill that the exchange does not have: {fill}"


def balances_of(state):
    raw = state["balances"]
    if isinstance(raw, dict):
        return {asset: (Decimal(b["total"]), Decimal(b["reserved"])) for asset, b in raw.items()}
    return {b["asset"]: (Decimal(b["total"]), Decimal(b.get("reserved", 0))) for b in raw}


def check_settled(books, initial, taker_fee="0.004", cost_digits=5):
    """Holds when the run came to rest: both sides are the same, and the sum of the fills."""
    check_always(books)
    ours, theirs = books.ours["state"], books.theirs["state"]
    missing = set(map(fill_key, theirs["fills"])) - set(map(fill_key, ours["fills"]))
    assert not missing, f"fills of the exchange that we do not count: {sorted(missing)}"
    check_orders(ours, theirs)
    check_money(ours, theirs, initial)
    check_reserved(ours, theirs, taker_fee, cost_digits)
    found = [d for d in ours["discrepancies"] if d["found"]["open"] and not d["accepted"]]
    assert not found, f"discrepancies that a person must decide: {found}"


def check_orders(ours, theirs):
    there = {order["client_id"]: order for order in theirs["orders"]}
    for order in ours["orders"]:
        name, other = order["client_id"], there.get(order["client_id"])
        if other is None:
            # Never there, or refused: it must be closed without a fill here.
            assert order["status"] in ("abandoned", "rejected"), f"{name} is {order['status']}, and the exchange has no such order"
            assert not Decimal(order["filled"]), f"{name} is filled, and the exchange has no such order"
            continue
        assert order["status"] == other["status"], f"{name} is {order['status']}, at the exchange {other['status']}"
        if order["status"] != "rejected":   # one that was refused has no life there
            both = [(side["order_id"], side["post_only"]) for side in (order, other)]
            assert both[0] == both[1], f"{name} is {both[0]}, at the exchange {both[1]}"


def check_money(ours, theirs, initial):
    totals = collections.Counter({asset: Decimal(amount) for asset, amount in initial.items()})
    positions, held = collections.Counter(), collections.Counter()
    for fill in ours["fills"]:
        base, quote = fill["symbol"].split("/")
        sign = 1 if fill["side"] == "buy" else -1
        quantity = Decimal(fill["quantity"])
        totals[base] += sign * quantity
        totals[quote] -= sign * quantity * Decimal(fill["price"])
        totals[fill["fee_asset"]] -= Decimal(fill["fee"])
        positions[(fill["strategy"], fill["symbol"])] += sign * quantity
    for side, state in (("ours", ours), ("the exchange's", theirs)):
        have = {asset: total for asset, (total, _) in balances_of(state).items()}
        for asset in set(totals) | set(have):
            assert have.get(asset, Decimal(0)) == totals[asset], f"{side} {asset} is {have.get(asset)}, the fills say {totals[asset]}"
    ours_have = {(p["strategy"], p["symbol"]): Decimal(p["quantity"]) for p in ours["positions"]}
    for key in set(positions) | set(ours_have):
        assert ours_have.get(key, Decimal(0)) == positions[key], f"position {key} is {ours_have.get(key)}, its fills say {positions[key]}"
        held[key[1].split("/")[0]] += ours_have.get(key, Decimal(0))
    at_exchange = balances_of(theirs)
    for base, quantity in held.items():
        there = at_exchange.get(base, (Decimal(0), Decimal(0)))[0] - Decimal(initial.get(base, 0))
        assert quantity == there, f"the strategies hold {quantity} {base}, the exchange {there}"


def check_reserved(ours, theirs, taker_fee, cost_digits):
    reserved, by_orders = collections.Counter(), collections.Counter()
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
    for order in theirs["orders"]:
        base, quote = order["symbol"].split("/")
        by_orders[base if order["side"] == "sell" else quote] += Decimal(order["reserved"])
    for asset in set(balances_of(theirs)) | set(reserved):
        total, held = balances_of(theirs).get(asset, (Decimal(0), Decimal(0)))
        assert held == reserved[asset], f"the exchange reserves {held} {asset}, our open orders need {reserved[asset]}"
        assert held == by_orders[asset], f"the exchange reserves {held} {asset}, its orders {by_orders[asset]}"
        assert held <= total, f"the exchange reserves {held} {asset} of {total}"


def money_story(books):
    """What two runs must have in common: fills (row, side, price, quantity, fee), cash and positions; ids excluded."""
    ours = books.ours["state"]
    fills = [(f["time"], f["strategy"], f["symbol"], f["side"], Decimal(f["price"]), Decimal(f["quantity"]), Decimal(f["fee"]))
             for f in ours["fills"]]
    cash = {asset: total for asset, (total, _) in balances_of(ours).items()}
    positions = {(p["strategy"], p["symbol"]): Decimal(p["quantity"]) for p in ours["positions"]}
    return fills, cash, positions
