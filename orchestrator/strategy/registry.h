// The strategies that this build knows, and how [[strategy]] tables of the configuration become strategies.
//
// One line in registry.cc registers a kind: its name, what it does, its class. The class declares its own
// keys in Config::declare (common/contract/config.h); name, kind and symbol are common to all. Unknown kinds
// and keys, and orders that the instrument would not take, are refused with file and line by the config
// reader.
// Owner: the environment keeps the setups; make() gives a fresh strategy each time. Thread: pure functions.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/engine/strategy_port.h"

namespace s1mple {

class ConfigFields;
class ConfigFile;

using StrategyMaker = std::function<std::unique_ptr<Strategy>()>;

struct StrategyKind {
  std::string_view kind;
  std::string_view summary;  // one line for people
  // Declares the kind's keys and reads them. The instrument is null when printing, or when it is not
  // configured.
  StrategyMaker (*read)(ConfigFields& fields, const Symbol& symbol, const Instrument* instrument);
};

// What one [[strategy]] table asks for.
struct StrategySetup {
  StrategyName name;  // unique; the owner of its orders and positions, so never renamed while it has any
  std::string kind;
  Symbol symbol;
  StrategyMaker make;
};

// In the order in which they are documented.
[[nodiscard]] std::span<const StrategyKind> strategy_kinds();

// Declares and reads every [[strategy]] table, in the order of the file. Refusals are kept by `file` until
// finish().
void read_strategies(ConfigFile& file, std::span<const Instrument> instruments,
                     std::vector<StrategySetup>& out);

// The keys of one kind with their defaults, as TOML with comments: "" for a kind that is not registered.
[[nodiscard]] std::string describe_kind(std::string_view kind);

}  // namespace s1mple
