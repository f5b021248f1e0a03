// Configuration: what the orchestrator's tables of the one TOML file say, checked as a whole.
//
// Each room declares its own keys; this puts them together and checks what concerns more than one of them: strategies
// trade configured instruments, a replay has files for known pairs, the environment exists. deploy/paper.toml shows
// every key with its default.
// Units: see each room's own header. Thread: plain values. Errors: file, line, what is wrong and what would be right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/enum_text.h"
#include "common/base/result.h"
#include "orchestrator/data/replay_config.h"
#include "orchestrator/data/synthetic_config.h"
#include "orchestrator/engine/engine_config.h"
#include "orchestrator/environment/runtime.h"
#include "orchestrator/state/store_options.h"
#include "orchestrator/strategy/registry.h"
#include "orchestrator/venue/paper/paper_config.h"

namespace s1mple {

enum class EnvironmentKind : std::uint8_t { paper = 1 };
inline constexpr EnumTexts<EnvironmentKind, 1> kEnvironmentKindTexts{{{EnvironmentKind::paper, "paper"}}};
constexpr const auto& enum_texts(EnvironmentKind) { return kEnvironmentKindTexts; }

enum class DataKind : std::uint8_t { synthetic = 1, replay };
inline constexpr EnumTexts<DataKind, 2> kDataKindTexts{{{DataKind::synthetic, "synthetic"}, {DataKind::replay, "replay"}}};
constexpr const auto& enum_texts(DataKind) { return kDataKindTexts; }

// What a replay does behind its last row.
enum class AtEnd : std::uint8_t { wait = 1, stop };
inline constexpr EnumTexts<AtEnd, 2> kAtEndTexts{{{AtEnd::wait, "wait"}, {AtEnd::stop, "stop"}}};
constexpr const auto& enum_texts(AtEnd) { return kAtEndTexts; }

struct Configuration {
  EnvironmentKind environment = EnvironmentKind::paper;
  DataKind data = DataKind::synthetic;
  AtEnd at_end = AtEnd::wait;
  std::vector<Instrument> instruments;
  SyntheticConfig synthetic;
  ReplayConfig replay;
  PaperConfig paper;
  EngineConfig engine;          // without what follows from the other tables: engine_config_of adds it
  std::vector<StrategySetup> strategies;
  StoreOptions store;
  Nanos fill_horizon = 30 * 24h;   // closed orders and fills older than this are in the archive
  Runtime::DiskPatience disk;
};

// Whether the market is the one that the file names, or comes with the command (`orchestrator replay --csv`).
enum class MarketFrom : std::uint8_t { configuration, command };

[[nodiscard]] Result<Configuration> read_configuration(std::string_view text, std::string name,
                                                       MarketFrom market = MarketFrom::configuration);
// Every table of the orchestrator with its defaults, as TOML with comments.
[[nodiscard]] std::string print_configuration();
[[nodiscard]] EngineConfig engine_config_of(const Configuration& configuration);

}  // namespace s1mple
