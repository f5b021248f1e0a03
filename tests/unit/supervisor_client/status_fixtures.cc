#include "tests/unit/supervisor_client/status_fixtures.h"

namespace s1mple {

namespace {

constexpr const char* kSupervisor =
    R"({"pid":4711,"version":"0.1.0","state":"running","uptime_s":3725.5,"mode":"recovery",
        "since":"2026-11-22T13:01:17Z","reason":"ready","home":"/var/lib/s1mpletrader","halted":false,"halt_reason":"",
        "restarts":{"total":3,"in_window":1,"last":{"at":"2026-11-22T14:03:10.5Z","cause":"signal","signal":"SIGKILL",
        "exit_code":null,"downtime_ms":12,"report":"3"}},"next_start_in_ms":null,"alerts_pending":1,
        "output_dropped_bytes":0})";

constexpr const char* kOrchestrator =
    R"({"pid":4712,"as_of":"2026-11-22T14:03:22.4Z","epoch":7,"mode":"recovery","phase":"running","trading":"active",
        "reasons":[],"environment":"paper","data":{"state":"live","age_ms":3,"reconnects":0},
        "breaker":{"state":"closed","reasons":[]},
        "store":{"seq":12034,"durable_seq":12034,"snapshot_seq":11000,"commit_p99_us":210},
        "portfolio":{"cash":{"EUR":"5874.62"},"equity":"10012.34","equity_asset":"EUR","positions":[
          {"strategy":"grid","symbol":"BTC/EUR","quantity":"0.0200","average_price":"50000.0","realised":"61.20"},
          {"strategy":"ema_cross","symbol":"ETH/EUR","quantity":"1.5","average_price":"2750.25","realised":"-4.00"}]},
        "orders":{"open":3,"in_doubt":0},"fills":41,
        "reconciliation":{"at":"2026-11-22T14:03:10.7Z","discrepancies":0},"loop_lag_ms":0.2,
        "symbols":[{"symbol":"BTC/EUR","last_price":"50123.4"},{"symbol":"ETH/EUR","last_price":"2740.1"}],
        "strategies":[{"name":"grid","state":"running","trading":"active","open_orders":2},
                      {"name":"ema_cross","state":"running","trading":"active","open_orders":1}],
        "last_events":[{"at":"2026-11-22T14:03:10.8Z","kind":"trading","text":"reducing: gate"}],
        "open_orders":[
          {"client_id":"sAB3D7-91","strategy":"grid","symbol":"BTC/EUR","side":"buy","type":"limit","price":"49900.1",
           "quantity":"0.002","filled":"0","status":"open"},
          {"client_id":"sAB3D7-92","strategy":"grid","symbol":"BTC/EUR","side":"sell","type":"limit","price":"50400",
           "quantity":"0.0025","filled":"0.001","status":"partially_filled"},
          {"client_id":"sAB3D7-88","strategy":"ema_cross","symbol":"ETH/EUR","side":"sell","type":"stop_loss",
           "price":"2695.25","quantity":"1.5","filled":"0","status":"open"}],
        "last_fills":[
          {"exec_id":"E41","strategy":"grid","symbol":"BTC/EUR","side":"buy","price":"50000.1","quantity":"0.002",
           "fee":"0.16","fee_asset":"EUR","time":"2026-11-22T14:02:51Z"},
          {"exec_id":"E40","strategy":"ema_cross","symbol":"ETH/EUR","side":"buy","price":"2750.25","quantity":"1.5",
           "fee":"10.72566","fee_asset":"EUR","time":"2026-11-21T23:59:59Z"}]})";

std::string status(const std::string& supervisor, const std::string& orchestrator) {
  return "{\"supervisor\":" + supervisor + ",\"orchestrator\":" + orchestrator + "}";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  ENSURE(at != std::string::npos, "the fixture has what it replaces");
  return text.replace(at, from.size(), to);
}

std::string list_of(int count, const std::string& item) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    std::string one = item;
    for (auto at = one.find('#'); at != std::string::npos; at = one.find('#'))
      one.replace(at, 1, std::to_string(i));
    out += (i == 0 ? "" : ",") + one;
  }
  return "[" + out + "]";
}

}  // namespace

std::string running_status() { return status(kSupervisor, kOrchestrator); }
std::string live_status() { return status(kSupervisor, replaced(kOrchestrator, "\"paper\"", "\"live\"")); }

std::string parked_status() {
  std::string supervisor = replaced(kSupervisor, "\"running\"", "\"parked\"");
  supervisor = replaced(supervisor, "\"mode\":\"recovery\"", "\"mode\":\"parked\"");
  supervisor = replaced(supervisor, "13:01:17Z", "14:02:03Z");
  return status(replaced(supervisor, "\"ready\"", "\"8 deaths in 600 s\""), "null");
}

std::string starting_status() {
  std::string supervisor = replaced(kSupervisor, "\"state\":\"running\"", "\"state\":\"starting\"");
  supervisor = replaced(supervisor, "13:01:17Z", "14:03:22Z");
  supervisor = replaced(supervisor, "\"ready\"", "\"signal SIGKILL\"");
  return status(supervisor, R"({"pid":4713,"as_of":null,"epoch":null,"mode":"recovery","phase":"replay",
                               "progress":{"done":52000,"total":120000}})");
}

std::string halted_status() {
  const std::string reason =
      R"("reasons":[{"source":"operator","code":"operator","since":"2026-11-22T14:02:52Z","text":"prices look wrong"}])";
  std::string orchestrator = replaced(kOrchestrator, "\"active\"", "\"halted\"");
  orchestrator = replaced(orchestrator, "\"reasons\":[]", reason);
  return status(replaced(kSupervisor, "\"halted\":false", "\"halted\":true"), orchestrator);
}

std::string safe_status() {
  std::string supervisor = replaced(kSupervisor, "\"running\"", "\"safe_mode\"");
  supervisor = replaced(supervisor, "\"ready\"", "\"5 deaths in 600 s\"");
  std::string orchestrator = replaced(kOrchestrator, "\"active\"", "\"reducing\"");
  orchestrator = replaced(orchestrator, "\"mode\":\"recovery\"", "\"mode\":\"safe\"");
  const std::string reasons =
      R"("reasons":[{"source":"safe","code":"safe_mode","since":"2026-11-22T14:02:52Z","text":"safe mode"},
                    {"source":"breaker","code":"silence","since":"2026-11-22T14:02:58Z","text":"no market data for 5 s"}])";
  orchestrator = replaced(orchestrator, "\"reasons\":[]", reasons);
  orchestrator = replaced(orchestrator, "\"state\":\"closed\",\"reasons\":[]",
                          R"("state":"open","reasons":[{"code":"silence","text":"no market data for 5 s"}])");
  orchestrator = replaced(orchestrator, "\"in_doubt\":0", "\"in_doubt\":2");
  return status(supervisor, replaced(orchestrator, "\"state\":\"live\",\"age_ms\":3", "\"state\":\"stale\",\"age_ms\":24000"));
}

std::string degraded_status() {
  const std::string supervisor =
      replaced(kSupervisor, "\"alerts_pending\":1", R"("degraded":["queue","disk","data"],"alerts_pending":3)");
  return status(supervisor, replaced(kOrchestrator, "\"durable_seq\":12034", "\"durable_seq\":12001"));
}

std::string crowded_status() {
  const std::string positions = list_of(
      30, R"({"strategy":"a_strategy_with_a_name_that_is_too_long_for_anyone_#","symbol":"COIN#/EUR",
              "quantity":"12345#.000#","average_price":"#.0001234"})");
  const std::string orders = list_of(
      60, R"({"client_id":"sAB3D7-#","strategy":"grid","symbol":"COIN#/EUR","side":"buy","type":"limit",
              "price":"#00.25","quantity":"1#","filled":"0","status":"in_doubt"})");
  const std::string fills = list_of(
      50, R"({"exec_id":"E#","strategy":"grid","symbol":"COIN#/EUR","side":"sell","price":"#00.25","quantity":"1#",
              "fee":"0.#","fee_asset":"EUR","time":"2026-11-22T14:02:51Z"})");
  return status(kSupervisor, R"({"pid":4712,"as_of":"2026-11-22T14:03:22.4Z","epoch":7,"mode":"normal","phase":"running",
      "trading":"active","environment":"paper","portfolio":{"cash":{"EUR":"1","USD":"2"},"equity":"1234567890.12",
      "positions":)" + positions + R"(},"orders":{"open":60,"in_doubt":60},"fills":123456,"open_orders":)" + orders +
                                 ",\"last_fills\":" + fills + "}");
}

std::string hostile_status() {
  const std::string mean = R"(\u001b[2J\u001b]0;owned\u0007\r\n\u202egnp.exe\u0000)";
  const std::string endless(20'000, 'x');
  return "{\"supervisor\":{\"pid\":\"" + mean + "\",\"state\":\"" + mean + "\",\"reason\":\"" + endless +
         R"(","uptime_s":-1e300,"degraded":[7,{},")" + mean + R"("],"since":"never","restarts":[1,2],"alerts_pending":99999999999999999999,"home":7},
         "orchestrator":{"pid":-9223372036854775808,"as_of":"1678-01-01T00:00:00Z","mode":")" + mean +
         R"(","trading":")" + mean + R"(","environment":")" + mean +
         R"(","reasons":{"a":1},"data":{"state":true,"age_ms":9223372036854775807},"breaker":null,
         "store":{"seq":1e3,"commit_p99_us":-5},"portfolio":{"cash":{")" + mean + R"(":{}},"equity":")" + mean +
         R"(","positions":[7,null,{"symbol":")" + mean + R"(","quantity":"1e999"}]},
         "orders":"many","fills":[],"open_orders":[[]],"last_fills":[{"time":"2262-04-11T23:47:16Z"}],
         "reconciliation":{"open":[7,{"what":")" + mean + R"("}]},"last_events":[{"text":")" + mean + R"("},")" + mean + R"(",{"at":1,"text":{}}],"symbols":[{"symbol":")" + mean + R"(","last_price":3}]}})";
}

JsonValue parsed(const std::string& json) {
  auto value = JsonValue::parse(json);
  ENSURE(value.ok(), value.ok() ? "" : value.error().story);
  return *std::move(value);
}

client::StatusModel model_of(const std::string& json) { return *client::decode_status(parsed(json)); }

}  // namespace s1mple
