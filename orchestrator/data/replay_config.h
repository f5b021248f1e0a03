// [replay]: recorded trades as a market.
//
// One file of Kraken's time and sales for each pair. Speed is a factor of market time, or nothing: as fast as
// every row's effects become durable. Thread: plain values. Errors: refused by the config reader, with file
// and line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/decimal.h"
#include "common/base/enum_text.h"
#include "orchestrator/domain/names.h"

namespace s1mple {

class ConfigFile;

enum class OnBadLine : std::uint8_t { stop = 1, skip };
inline constexpr EnumTexts<OnBadLine, 2> kOnBadLineTexts{
    {{OnBadLine::stop, "stop"}, {OnBadLine::skip, "skip"}}};
constexpr const auto& enum_texts(OnBadLine) { return kOnBadLineTexts; }

struct ReplayFile {
  Symbol symbol;
  std::string path;
  std::uint32_t line = 0;  // where the file names it; 0: it does not
};

struct ReplayConfig {
  std::optional<Decimal> speed;  // nothing: "max"
  OnBadLine on_bad_line = OnBadLine::stop;
  std::vector<ReplayFile> files;
};

// [replay] and every [[replay.file]].
void declare(ConfigFile& file, ReplayConfig& config);

}  // namespace s1mple
