// The facts that the page and the screen share: labelled values, in the order of what a trader looks at first.
//
// Both writers show the same words; the screen drops facts from the end where the room is short.
// `now` is the reader's clock, so that ages go on growing while no answer comes. Thread: any; pure.
#pragma once

#include <string>
#include <vector>

#include "supervisor/client/status_model.h"
#include "supervisor/client/styled.h"

namespace s1mple::client {

struct Vital {
  std::string label;
  Line value;
  bool page_only = false;  // too quiet for the screen
};

[[nodiscard]] std::vector<Vital> vitals_of(const StatusModel& model, WallTime now);

// How hints are written: "s1mple clear --home /srv/x" is command("clear").
struct Speaker {
  std::string program = "s1mple";
  std::string suffix;  // " --home /srv/x", or empty
  [[nodiscard]] std::string command(std::string_view words) const {
    return program + " " + std::string(words) + suffix;
  }
};

// As the orchestrator says, else as the supervisor remembers; empty: not known.
[[nodiscard]] std::string environment_of(const StatusModel& model);
// " PAPER ", " LIVE " or " ENVIRONMENT UNKNOWN ".
[[nodiscard]] Piece badge_of(std::string_view environment);

// "signal SIGKILL", "exit code 70", "hang": how the last orchestrator ended.
[[nodiscard]] std::string death_text(const LastDeath& death);

// A count of milliseconds from outside as a span, whatever it is.
[[nodiscard]] Nanos millis(std::int64_t count);

}  // namespace s1mple::client
