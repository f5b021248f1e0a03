#include "tests/fuzz/targets.h"

#include "common/base/json.h"
#include "common/contract/config.h"
#include "common/contract/link.h"
#include "common/contract/rpc.h"
#include "orchestrator/data/csv_row.h"
#include "orchestrator/domain/fact_codec.h"
#include "orchestrator/venue/paper/paper_codec.h"
#include "supervisor/core/alert_outbox.h"
#include "supervisor/core/saved_state.h"
#include "supervisor/core/settings.h"

namespace s1mple::fuzz {
namespace {

using Text = std::optional<std::string>;

Text json(std::string_view input) {
  const auto value = JsonValue::parse(input);
  return value ? Text(value->dump()) : std::nullopt;
}

Text decimal(std::string_view input) {
  const auto value = Decimal::parse(input);
  return value ? Text(value->text()) : std::nullopt;
}

Text request(std::string_view input) {
  const auto decoded = decode_request(input);
  if (const auto* failure = std::get_if<RpcFailure>(&decoded)) {
    (void)encode_error(*failure);
    return std::nullopt;
  }
  const auto& request = std::get<RpcRequest>(decoded);
  const std::string params = request.params.is_null() ? "" : request.params.dump();
  return request.id_json.empty() ? encode_notification(request.method, params)
                                 : encode_request(request.id_json, request.method, params);
}

Text to_orchestrator(std::string_view input) {
  const auto message = link::decode_to_orchestrator(input);
  return message ? Text(link::encode(*message)) : std::nullopt;
}

Text to_supervisor(std::string_view input) {
  const auto message = link::decode_to_supervisor(input);
  return message ? Text(link::encode(*message)) : std::nullopt;
}

Text settings(std::string_view input) {
  return read_settings(input, "fuzz.toml") ? Text("") : std::nullopt;
}

Text saved_state(std::string_view input) {
  const auto state = decode_saved_state(input);
  return state ? Text(encode_saved_state(*state)) : std::nullopt;
}

// What no line of it can be read of is an empty log.
Text alerts_log(std::string_view input) {
  Random random(1);
  AlertSettings settings;
  settings.command = {"/bin/true"};
  settings.escalation_command = {"/bin/true"};
  AlertOutbox outbox(settings, random);
  const Instant now{3600s};
  (void)outbox.restore(input, now, WallTime(std::chrono::seconds(1'795'000'000)));
  (void)outbox.wake_at();
  return outbox.compact_log();
}

std::string alerts_seed() {
  Random random(1);
  AlertSettings settings;
  settings.command = {"/bin/true"};
  AlertOutbox outbox(settings, random);
  const Instant now{3600s};
  std::string log;
  for (const char* id : {"o-7-1", "o-7-2"})  // the second one repeats the first
    log += *outbox.add({id, AlertLevel::critical, "drill", "A drill", "2026-11-22T15:44:00.000000Z", R"({"a":1})"}, now);
  (void)outbox.begin_delivery(now);
  log += outbox.end_delivery(true, "", "2026-11-22T15:44:01.000000Z", now).value_or("");
  log += outbox.acknowledge("o-7-1", "2026-11-22T15:45:00.000000Z").value_or("");
  return log;
}

Text csv_row(std::string_view input) {
  CsvRow row;
  if (!read_csv_row(input, row).empty()) return std::nullopt;
  return std::to_string(row.time.time_since_epoch().count() / 1'000'000'000) + "," + row.price.text() + "," + row.volume.text();
}

template <auto Decode>
Text record(std::string_view input) {
  const auto decoded = Decode(std::as_bytes(std::span(input)));
  if (!decoded) return std::nullopt;
  std::string out;
  encode(*decoded, out);
  return out;
}

std::string record_seed() {
  std::string out;
  encode(Record{IdentitySet{"paper", "paper", "paper", "ab12", {"zz99"}}, RunStarted{WallTime{}, 7, "normal", "start"}}, out);
  return out;
}

std::string paper_seed() {
  std::string out;
  encode(PaperRecord{}, out);
  return out;
}

}  // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> all{
      {"json", json, {R"({"a":[1,2.50,"x\u00e9",true,null],"b":{"c":"d"}})", "[1e5,-0.1]", "[1.00000000000000e-2147483639]"}},
      {"decimal", decimal, {"12345.678900", "-0.000000000001", "1000000000000000"}},
      {"request", request, {R"({"jsonrpc":"2.0","id":1,"method":"halt","params":{"reason":"x"}})",
                            R"({"jsonrpc":"2.0","id":"op-1","method":"status"})"}},
      {"to_orchestrator", to_orchestrator,
       {link::encode(link::ToOrchestrator(link::Ping{"9f2c41d07ab35e68", 17, 8125347712})),
        link::encode(link::ToOrchestrator(link::Attach{})), link::encode(link::ToOrchestrator(link::Shutdown{}))}},
      {"to_supervisor", to_supervisor,
       {link::encode(link::ToSupervisor(link::Hello{})), link::encode(link::ToSupervisor(link::Pong{})),
        link::encode(link::ToSupervisor(link::Alert{})), link::encode(link::ToSupervisor(link::Bye{66, "EIO", true}))}},
      {"settings", settings, {printed_settings(), "[supervisor]\nhome = \"/x\"\n[alerts]\ncommand = [\"/bin/true\"]\n"}},
      {"saved_state", saved_state, {encode_saved_state(SavedState{})}},
      {"alerts_log", alerts_log, {alerts_seed(), "garbage\n" + alerts_seed()}},
      {"csv_row", csv_row, {"1672531200,15500.5,0.01", "1672531200.123456789,1,1"}},
      {"record", record<decode_record>, {record_seed()}},
      {"paper_record", record<decode_paper_record>, {paper_seed()}},
  };
  return all;
}

}  // namespace s1mple::fuzz
