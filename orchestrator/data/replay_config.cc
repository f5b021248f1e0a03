#include "orchestrator/data/replay_config.h"

#include <algorithm>

#include "common/contract/config.h"

namespace s1mple {

using namespace literals;

namespace {

constexpr std::string_view kFastest = "max";

void declare_speed(ConfigFields& fields, ReplayConfig& config) {
  std::string speed = config.speed ? config.speed->text() : std::string(kFastest);
  fields.text("speed", speed, "\"max\", or seconds of market time in a second, such as \"60\"");
  config.speed.reset();
  if (speed == kFastest) return;
  const auto factor = Decimal::parse(speed);
  if (factor && *factor >= "0.001"_dec && *factor <= "1000000"_dec)
    config.speed = *factor;
  else
    fields.refuse("speed",
                  "must be \"max\" or a factor from \"0.001\" to \"1000000\", not \"" + speed + "\"");
}

void declare_file(ConfigFields& fields, ReplayConfig& config) {
  ReplayFile file;
  fields.text("symbol", file.symbol.value, "a configured instrument, such as \"BTC/EUR\"");
  fields.text("path", file.path, "lines of unix_seconds,price,volume");
  fields.require("symbol");
  fields.require("path");
  file.line = fields.line_of("path");
  const auto same = [&](const ReplayFile& other) { return other.symbol == file.symbol; };
  if (std::any_of(config.files.begin(), config.files.end(), same))
    fields.refuse("symbol", "there is a [[replay.file]] of this symbol already");
  config.files.push_back(std::move(file));
}

}  // namespace

void declare(ConfigFile& file, ReplayConfig& config) {
  file.table("replay", "Recorded trades of data kind `replay`.", [&](ConfigFields& fields) {
    declare_speed(fields, config);
    fields.choice("on_bad_line", config.on_bad_line,
                  "stop at a line that cannot be read, or leave it out and say so");
  });
  config.files.clear();
  file.each_table("replay.file", "A file of Kraken's time and sales; one for each pair.",
                  [&](ConfigFields& fields) { declare_file(fields, config); });
}

}  // namespace s1mple
