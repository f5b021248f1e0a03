#include "orchestrator/shell/load_configuration.h"

#include <fmt/core.h>

#include <cstdio>
#include <utility>

#include "common/contract/config.h"
#include "common/os/files.h"
#include "orchestrator/shell/text_file.h"

namespace s1mple {

std::optional<Configuration> load_configuration(const std::string& path, MarketFrom market) {
  auto text = read_file(path, ConfigFile::kMaxBytes);
  if (!text) {
    fmt::print(stderr, "{}\n", std::move(text).error().during("configuration").story);
    return std::nullopt;
  }
  auto configuration = read_configuration(*text, path, market);
  if (!configuration) {
    fmt::print(stderr, "{}\n", configuration.error().story);
    return std::nullopt;
  }
  // A file that a replay names is part of the configuration: its absence is found before anything starts.
  if (configuration->data == DataKind::replay && market == MarketFrom::configuration)
    for (const ReplayFile& file : configuration->replay.files)
      if (auto readable = can_read(file.path); !readable) {
        fmt::print(stderr, "{}:{}: replay.file.path: must be a file that can be read: {}\n", path, file.line, readable.error().story);
        return std::nullopt;
      }
  return std::move(*configuration);
}

}  // namespace s1mple
