#include "orchestrator/engine/status_writer.h"

#include <algorithm>

#include "orchestrator/engine/engine_parts.h"
#include "orchestrator/engine/json_rows.h"

namespace s1mple {
namespace {

void write_reason(const Reason& reason, bool with_source, JsonWriter& out) {
  out.begin_object();
  if (with_source) out.text("source", to_text(reason.source));
  out.text("code", reason.code)
      .text("since", to_rfc3339(reason.since))
      .text("text", reason.text)
      .end_object();
}

void write_modes(const EngineParts& parts, JsonWriter& out) {
  out.text("mode", to_text(parts.info.mode))
      .text("phase", to_text(parts.phase))
      .text("trading", to_text(parts.gate.mode()));
  out.key("reasons").begin_array();
  for (const Reason& reason : parts.gate.reasons()) write_reason(reason, true, out);
  out.end_array();
  out.text("environment", parts.info.environment);
}

void write_data(const EngineParts& parts, JsonWriter& out) {
  out.key("data").begin_object().text("state", to_text(parts.data.state()));
  if (const auto last = parts.data.last_frame())
    out.number("age_ms", to_ms(parts.now - *last));
  else
    out.null("age_ms");
  out.number("reconnects", parts.data.reconnects()).end_object();
}

void write_breaker(const EngineParts& parts, JsonWriter& out) {
  out.key("breaker")
      .begin_object()
      .text("state", to_text(parts.breaker.state()))
      .key("reasons")
      .begin_array();
  for (const Reason& reason : parts.books.reasons())
    if (reason.source == ReasonSource::breaker) write_reason(reason, false, out);
  out.end_array().end_object();
}

// Everything on the account that has a price, in the quote of the first instrument; strangers' coins included.
Money equity(const EngineParts& parts, const Asset& quote) {
  Money sum;
  for (const auto& [asset, total] : parts.books.balances()) {
    if (asset == quote) {
      sum += total;
      continue;
    }
    for (const Instrument& instrument : parts.recorder.index().instruments()) {
      if (instrument.base != asset || instrument.quote != quote) continue;
      const auto price = parts.market.known_price(instrument.symbol);
      if (const auto value = price ? cost_of(*price, Quantity(total.value)) : std::nullopt) sum += *value;
      break;
    }
  }
  return sum;
}

void write_portfolio(const EngineParts& parts, JsonWriter& out) {
  const OrderIndex& index = parts.recorder.index();
  out.key("portfolio").begin_object().key("cash").begin_object();
  for (const auto& [asset, total] : parts.books.balances())
    out.text(asset.text(), total.text(digits_of(asset, index)));
  out.end_object().key("positions").begin_array();
  std::size_t count = 0;
  for (const auto& [key, position] : parts.books.positions()) {
    if (position.quantity.is_zero() || count++ >= kMaxStatusPositions) continue;
    out.begin_object();
    write_position_members(key, position, index, out);
    out.end_object();
  }
  const Instrument& first = index.instruments().front();
  const Decimal cents = step_of_digits(first.cost_digits);
  out.end_array().text(
      "equity",
      equity(parts, first.quote).value.rounded_to(cents, Rounding::half_even).text(first.cost_digits));
  out.text("equity_asset", first.quote.text()).end_object();
}

void write_orders(const EngineParts& parts, JsonWriter& out) {
  const OrderIndex& index = parts.recorder.index();
  out.key("orders")
      .begin_object()
      .number("open", std::uint64_t{index.working()})
      .number("in_doubt", std::uint64_t{index.in_doubt()})
      .end_object();
  out.number("fills", parts.books.fills_counted());
  out.key("open_orders").begin_array();
  std::size_t count = 0;
  for (const auto& [key, group] : index.groups())
    for (const auto& [order_key, entry] : group.working) {
      if (count++ >= kMaxStatusOrders) break;
      out.begin_object();
      write_order_members(*entry.order, index, out);
      out.end_object();
    }
  out.end_array().key("last_fills").begin_array();
  const auto& fills = parts.books.fills();
  std::size_t told = 0;
  for (auto fill = fills.rbegin(); fill != fills.rend() && told < kMaxStatusFills; ++fill, ++told) {
    out.begin_object();
    write_fill_members(*fill, index, out);
    out.end_object();
  }
  out.end_array();
}

void write_reconciliation(const EngineParts& parts, JsonWriter& out) {
  out.key("reconciliation").begin_object();
  if (const auto& last = parts.books.reconciliation())
    out.text("at", to_rfc3339(last->at))
        .text("trigger", last->trigger)
        .number("discrepancies", last->discrepancies);
  else
    out.null("at").null("trigger").number("discrepancies", 0);
  out.boolean("reading", parts.rounds.is_reading())
      .number("rows", std::uint64_t{parts.rounds.reads().rows()});
  out.key("open").begin_array();
  std::size_t count = 0;
  for (const Discrepancy& d : parts.books.discrepancies()) {
    if (!d.found.open || d.accepted || count++ >= kMaxStatusDiscrepancies) continue;
    out.begin_object()
        .text("what", d.found.kind)
        .text("id", d.found.id)
        .text("ours", d.found.ours)
        .text("theirs", d.found.theirs);
    out.text("at", to_rfc3339(d.found.at)).end_object();
  }
  out.end_array().end_object();
}

void write_market(const EngineParts& parts, JsonWriter& out) {
  out.key("symbols").begin_array();
  for (const Instrument& instrument : parts.recorder.index().instruments()) {
    out.begin_object().text("symbol", instrument.symbol.text());
    const auto& all = parts.market.all();
    if (const auto seen = all.find(instrument.symbol); seen != all.end())
      out.text("last_price", seen->second.price.text(instrument.price_digits))
          .text("at", to_rfc3339(seen->second.time))
          .number("row", seen->second.row);
    else
      out.null("last_price").null("at").number("row", 0);
    out.end_object();
  }
  out.end_array().key("strategies").begin_array();
  for (const auto& entry : parts.desk.entries()) {
    out.begin_object()
        .text("name", entry.name.text())
        .text("state", entry.set_aside               ? "set_aside"
                       : parts.may_tell_strategies() ? "running"
                                                     : "waiting");
    out.text("trading", to_text(parts.gate.mode_for(entry.name)));
    out.number("open_orders", std::uint64_t{parts.recorder.index().working_of(entry.name)}).end_object();
  }
  out.end_array();
}

}  // namespace

void write_status(const EngineParts& parts, JsonWriter& out) {
  write_modes(parts, out);
  write_data(parts, out);
  write_breaker(parts, out);
  write_portfolio(parts, out);
  write_orders(parts, out);
  write_reconciliation(parts, out);
  write_market(parts, out);
  parts.notices.write_last(out);
}

}  // namespace s1mple
