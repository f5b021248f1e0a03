// What one supervisor leaves to the next about a running orchestrator, and what the next one makes of it.
// Pure: names and numbers in, a choice out. DESIGN section 6, Adoption.
//
// Names:  the descriptors of one run carry its pid ("link-4711"), because a process that was reaped has no number any
//         more. "control" is the listening control.sock; "client" and "subscriber" are its connections.
// Choice: a run is taken over only with all its parts. One that lives goes before one that has ended, and the first
//         listed before later ones. All other runs are stale: their names are to be removed from the store.
// Units: indices into what was found. Thread: plain values. Failure: none; what is not understood is left out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/enum_text.h"
#include "supervisor/core/restart_policy.h"

namespace s1mple {

enum class RunPart : std::uint8_t { process, link, out, error };
inline constexpr EnumTexts<RunPart, 4> kRunPartTexts{{{RunPart::process, "process"},
                                                     {RunPart::link, "link"},
                                                     {RunPart::out, "out"},
                                                     {RunPart::error, "error"}}};
constexpr const auto& enum_texts(RunPart) { return kRunPartTexts; }

inline constexpr std::string_view kControlName = "control";
inline constexpr std::string_view kClientName = "client";
inline constexpr std::string_view kSubscriberName = "subscriber";

[[nodiscard]] std::string stored_name(RunPart part, std::int64_t pid);

struct FoundDescriptor {
  std::string name;
  bool ended = false;  // a process descriptor whose process has ended
};

struct Inheritance {
  struct Run {
    std::int64_t pid = 0;
    bool ended = false;
    std::array<std::size_t, kRunPartTexts.size()> parts{};  // by RunPart
  };
  std::optional<Run> run;
  std::optional<std::size_t> control;
  std::vector<std::size_t> clients, subscribers;
  std::vector<std::string> stale;  // each name once
};

[[nodiscard]] Inheritance sort_out(std::span<const FoundDescriptor> found);

// How a process ended that nobody could wait for: its fatal handler's or its own last word (common/os/last_words.h),
// else what it said on the link; neither: not known.
[[nodiscard]] ExitStatus ending_of(std::string_view last_words, std::optional<int> bye_code);

// What `supervisor reap` does after the end of the service. `result` is systemd's $SERVICE_RESULT.
enum class ReapChoice : std::uint8_t { end_orchestrator, leave_for_adoption };
[[nodiscard]] ReapChoice reap_choice(std::string_view result, bool handed_over);

}  // namespace s1mple
