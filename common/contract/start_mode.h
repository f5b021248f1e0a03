// How an orchestrator starts: the ladder's word to it (DESIGN section 6). Thread: plain value.
#pragma once

#include <cstdint>

#include "common/base/enum_text.h"

namespace s1mple {

enum class StartMode : std::uint8_t { normal, recovery, safe };
inline constexpr EnumTexts<StartMode, 3> kStartModeTexts{
    {{StartMode::normal, "normal"}, {StartMode::recovery, "recovery"}, {StartMode::safe, "safe"}}};
constexpr const auto& enum_texts(StartMode) { return kStartModeTexts; }

}  // namespace s1mple
