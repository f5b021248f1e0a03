// The rules of alerts: each is kept until the configured command took it, and a critical one is sent again until
// somebody acknowledged it. Pure: no clock, no process, no file. DESIGN section 6, Alerts.
//
// Repeats:   the same alert again (level, code, text, details; another id) while the first is not acknowledged is
//            counted there. One that was delivered is told anew with its count, not before repeat_window has passed.
// Rate:      at most rate_limit tries within rate_window, of critical alerts and of the others each.
// Escalation: a critical alert that is escalation_after old and not acknowledged goes to the second command, too.
// Keeping:   at most kMaxAlerts; when full, the oldest that needs nothing more goes first, then the oldest.
// Trying:    one delivery at a time, critical ones first, then the oldest; full-jitter backoff for each, so that
//            one that fails does not hold up the others. Nothing here needs the disk.
// Log:       lines to append to alerts.log; restore() reads them back and passes over what it cannot read.
// Owner:     AlertDelivery. Loop thread only. Failure: none.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/json.h"
#include "common/base/random.h"
#include "common/base/time.h"
#include "common/contract/link.h"
#include "supervisor/core/settings.h"

namespace s1mple {

// {"id","level","code","text","at","details"?}.
void write_alert(JsonWriter& out, const link::Alert& alert);
[[nodiscard]] Result<link::Alert> read_alert(const JsonValue& object);

class AlertOutbox {
 public:
  static constexpr std::size_t kMaxAlerts = 256;
  static constexpr std::size_t kMaxErrorBytes = 512;

  struct Entry {
    link::Alert alert;
    bool delivered = false;
    bool acked = false;
    std::string delivered_at;  // of the last time; RFC 3339
    std::uint32_t tries = 0;
    std::string last_error;
    Instant next_try{};
    std::uint64_t count = 1;   // how often it was raised
    std::uint64_t told = 0;    // the count that was delivered
    std::string last_at;       // of the last repeat; empty: none
    Instant told_at{};         // delivered
    bool escalated = false;
    std::uint32_t escalation_tries = 0;
    Instant next_escalation{};
  };

  AlertOutbox(const AlertSettings& settings, Random& random) : settings_(settings), random_(random) {}

  // Whole log; damaged or unknown lines are counted and passed over. What was delivered before, at a time that the
  // log tells by `wall`, waits for the rest of resend_after.
  std::size_t restore(std::string_view log, Instant now, WallTime wall);

  // The line to append, or nothing when the id is known already. A repeat of another alert is a line, too.
  [[nodiscard]] std::optional<std::string> add(link::Alert alert, Instant now);
  // What is due, marked as being delivered; nothing while a delivery runs or no command is configured.
  [[nodiscard]] const Entry* begin_delivery(Instant now);
  // Whether the delivery at hand is for the second command.
  [[nodiscard]] bool is_escalation() const { return escalating_; }
  // How that delivery ended; the line to append, if any.
  [[nodiscard]] std::optional<std::string> end_delivery(bool taken, std::string_view error, std::string_view at,
                                                        Instant now);
  // The lines to append: one id, or "all" for every delivered one; nothing when there is none such.
  [[nodiscard]] std::optional<std::string> acknowledge(std::string_view id, std::string_view at);

  // A reload: waits that have begun go on, but another command is tried at once with what waits for one.
  void take(const AlertSettings& settings, Instant now);

  [[nodiscard]] std::optional<Instant> wake_at() const;
  [[nodiscard]] const std::deque<Entry>& entries() const { return entries_; }  // oldest first
  [[nodiscard]] std::size_t pending() const;                                     // not delivered, not acknowledged
  [[nodiscard]] bool has(std::string_view id) const;
  // A log that says the same in as few lines as possible.
  [[nodiscard]] std::string compact_log() const;

 private:
  // A try that is due: at its time, unless the rate lets it wait.
  struct Due {
    Instant at;
    bool escalation;
  };
  void restore_line(const JsonValue& record, Instant now, WallTime wall);
  void restore_delivery(Entry& entry, const JsonValue& record, Instant now, WallTime wall);
  void repeat(Entry& entry, std::string_view id, std::string_view at, std::uint64_t times, Instant now);
  [[nodiscard]] Entry* same_as(const link::Alert& alert);
  [[nodiscard]] std::optional<Due> due(const Entry& entry) const;
  [[nodiscard]] std::optional<std::string> end_escalation(Entry& entry, bool taken, std::string_view at, Instant now);
  void make_entry(link::Alert alert, Instant now, Instant raised);
  [[nodiscard]] const Entry* find(std::string_view id) const;
  [[nodiscard]] Entry* find(std::string_view id);
  [[nodiscard]] static bool wants_delivery(const Entry& entry);
  [[nodiscard]] Nanos backoff(std::uint32_t tries);
  void make_room();

  AlertSettings settings_;
  Random& random_;
  std::deque<Entry> entries_;
  std::deque<std::string> repeated_;    // ids that were counted elsewhere; at most kMaxAlerts
  std::deque<Instant> tries_[2];        // the last rate_limit ones: of others, of critical alerts
  std::string delivering_;              // id; empty: none
  std::uint64_t delivering_count_ = 0;  // its count as the command gets it
  bool escalating_ = false;
};

// As a command gets it: with {"count","last_at"} when it was raised more than once, and {"escalation":true}.
void write_delivery(JsonWriter& out, const AlertOutbox::Entry& entry, bool escalation);

}  // namespace s1mple
