// StartMode: how an orchestrator starts, which is the supervisor's word to it.
//
// normal after a clean stop, recovery after any other end, safe when recovery kept failing. Every start recovers
// and reconciles; safe adds no risk. Thread: plain value.
#pragma once

#include <cstdint>

#include "common/base/enum_text.h"

namespace s1mple {

enum class StartMode : std::uint8_t { normal, recovery, safe };
inline constexpr EnumTexts<StartMode, 3> kStartModeTexts{
    {{StartMode::normal, "normal"}, {StartMode::recovery, "recovery"}, {StartMode::safe, "safe"}}};
constexpr const auto& enum_texts(StartMode) { return kStartModeTexts; }

}  // namespace s1mple
