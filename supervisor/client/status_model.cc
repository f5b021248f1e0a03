#include "supervisor/client/status_model.h"

#include "supervisor/client/fields.h"

namespace s1mple::client {

namespace {

constexpr std::size_t kDegradedMax = 8;  // each is a notice above everything else

Reason decode_reason(const JsonValue& item) {
  if (!item.is_object()) return {{}, {}, shown_text(item), {}};
  const Fields in(item);
  return {in.text("source"), in.text("code"), in.text("text"), in.time("since")};
}

std::optional<LastDeath> decode_last_death(const JsonValue& restarts) {
  const JsonValue last = Fields(restarts).object("last");
  if (!last.is_object()) return std::nullopt;
  const Fields in(last);
  return LastDeath{in.time("at"), in.text("cause"), in.text("signal"), in.whole("exit_code"), in.whole("downtime_ms")};
}

SupervisorView decode_supervisor(const JsonValue& value) {
  const Fields in(value);
  const JsonValue restarts = in.object("restarts");
  SupervisorView view;
  view.pid = in.whole("pid");
  view.version = in.text("version");
  view.state = in.text("state");
  view.mode = in.text("mode");
  view.reason = in.text("reason");
  view.home = in.text("home");
  view.halted = in.flag("halted");
  view.halt_reason = in.text("halt_reason");
  view.environment = in.text("environment");
  view.since = in.time("since");
  view.uptime = in.seconds("uptime_s");
  view.restarts_total = Fields(restarts).whole("total");
  view.restarts_in_window = Fields(restarts).whole("in_window");
  view.last_death = decode_last_death(restarts);
  view.next_start_in_ms = in.whole("next_start_in_ms");
  view.alerts_pending = in.whole("alerts_pending");
  view.output_dropped_bytes = in.whole("output_dropped_bytes");
  in.each("degraded", kDegradedMax, [&view](const JsonValue& item) {
    if (auto what = shown_text(item); !what.empty()) view.degraded.push_back(std::move(what));
  });
  return view;
}

void decode_portfolio(const JsonValue& value, OrchestratorView& view) {
  const Fields in(value);
  view.equity = in.text("equity");
  view.currency = in.text("equity_asset");
  in.object("cash").each_member([&view](std::string_view asset, const JsonValue& amount) {
    if (view.cash.size() < kListMax) view.cash.emplace_back(neutral(asset), shown_text(amount));
  });
  if (view.currency.empty() && view.cash.size() == 1) view.currency = view.cash.front().first;
  in.each("positions", kListMax, [&view](const JsonValue& item) { view.positions.push_back(decode_position(item)); });
}

EventView decode_event(const JsonValue& item) {
  const Fields in(item);
  return {in.time("at"), in.text("kind"), in.text("text"), in.text("level")};
}

void decode_lists(const JsonValue& value, OrchestratorView& view) {
  const Fields in(value);
  in.each("symbols", kListMax, [&view](const JsonValue& item) {
    view.symbols.push_back({Fields(item).text("symbol"), Fields(item).text("last_price")});
  });
  in.each("open_orders", kListMax, [&view](const JsonValue& item) { view.open_orders.push_back(decode_order(item)); });
  in.each("last_fills", kListMax, [&view](const JsonValue& item) { view.last_fills.push_back(decode_fill(item)); });
  in.each("last_events", kListMax, [&view](const JsonValue& item) { view.events.push_back(decode_event(item)); });
  in.each("strategies", kListMax, [&view](const JsonValue& item) {
    const Fields of(item);
    view.strategies.push_back({of.text("name"), of.text("state"), of.text("trading"), of.whole("open_orders")});
  });
  Fields(in.object("reconciliation")).each("open", kListMax, [&view](const JsonValue& item) {
    const Fields of(item);
    view.open_discrepancies.push_back({of.text("what"), of.text("id"), of.text("ours"), of.text("theirs")});
  });
}

void decode_numbers(const Fields& in, OrchestratorView& view) {
  const Fields progress(in.object("progress"));
  view.progress_done = progress.whole("done");
  view.progress_total = progress.whole("total");
  const Fields data(in.object("data"));
  view.data_state = data.text("state");
  view.data_age_ms = data.whole("age_ms");
  view.reconnects = data.whole("reconnects");
  const Fields store(in.object("store"));
  view.seq = store.whole("seq");
  view.durable_seq = store.whole("durable_seq");
  view.snapshot_seq = store.whole("snapshot_seq");
  view.commit_p99_us = store.whole("commit_p99_us");
  const Fields orders(in.object("orders"));
  view.orders_open = orders.whole("open");
  view.orders_in_doubt = orders.whole("in_doubt");
  view.fills = in.whole("fills");
  const Fields reconciliation(in.object("reconciliation"));
  view.reconciled_at = reconciliation.time("at");
  view.discrepancies = reconciliation.whole("discrepancies");
  view.reconciling = reconciliation.flag("reading");
  view.loop_lag_ms = in.text("loop_lag_ms");
}

OrchestratorView decode_orchestrator(const JsonValue& value) {
  const Fields in(value);
  OrchestratorView view;
  view.pid = in.whole("pid");
  view.epoch = in.whole("epoch");
  view.as_of = in.time("as_of");
  view.mode = in.text("mode");
  view.phase = in.text("phase");
  view.trading = in.text("trading");
  view.environment = in.text("environment");
  const JsonValue breaker = in.object("breaker");
  view.breaker_state = Fields(breaker).text("state");
  in.each("reasons", kListMax, [&view](const JsonValue& item) { view.reasons.push_back(decode_reason(item)); });
  Fields(breaker).each("reasons", kListMax,
                       [&view](const JsonValue& item) { view.breaker_reasons.push_back(decode_reason(item)); });
  decode_numbers(in, view);
  decode_portfolio(in.object("portfolio"), view);
  decode_lists(value, view);
  return view;
}

}  // namespace

PositionView decode_position(const JsonValue& item) {
  const Fields in(item);
  return {in.text("strategy"), in.text("symbol"), in.text("quantity"), in.text("average_price"),
          in.text("realised")};
}

OrderView decode_order(const JsonValue& item) {
  const Fields in(item);
  return {in.text("client_id"), in.text("order_id"), in.text("strategy"), in.text("symbol"), in.text("side"),
          in.text("type"),      in.text("price"),    in.text("quantity"), in.text("filled"), in.text("status")};
}

FillView decode_fill(const JsonValue& item) {
  const Fields in(item);
  return {in.text("exec_id", "execution_id"), in.text("client_id"), in.text("strategy"), in.text("symbol"),
          in.text("side"), in.text("price"),  in.text("quantity"),  in.text("fee"),      in.text("fee_asset"),
          in.time("time")};
}

Result<StatusModel> decode_status(const JsonValue& result) {
  if (!result.is_object()) return Error{Errc::invalid, "status: the answer is no object"};
  const Fields in(result);
  StatusModel model;
  model.supervisor = decode_supervisor(in.object("supervisor"));
  const JsonValue orchestrator = in.object("orchestrator");
  if (orchestrator.is_object()) model.orchestrator = decode_orchestrator(orchestrator);
  return model;
}

}  // namespace s1mple::client
