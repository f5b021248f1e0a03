// The rules of alerts: each is kept until the configured command took it, and a critical one is sent again until
// somebody acknowledged it. Pure: no clock, no process, no file. DESIGN section 6, Alerts.
//
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

// {"id","level","code","text","at","details"?}, as the command gets it.
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
  };

  AlertOutbox(const AlertSettings& settings, Random& random) : settings_(settings), random_(random) {}

  // Whole log; damaged or unknown lines are counted and passed over. What was delivered before, at a time that the
  // log tells by `wall`, waits for the rest of resend_after.
  std::size_t restore(std::string_view log, Instant now, WallTime wall);

  // The line to append, or nothing when the id is known already.
  [[nodiscard]] std::optional<std::string> add(link::Alert alert, Instant now);
  // What is due, marked as being delivered; nothing while a delivery runs or no command is configured.
  [[nodiscard]] const Entry* begin_delivery(Instant now);
  // How that delivery ended; the line to append, if any.
  [[nodiscard]] std::optional<std::string> end_delivery(bool taken, std::string_view error, std::string_view at,
                                                        Instant now);
  // The lines to append: one id, or "all" for every delivered one; nothing when there is none such.
  [[nodiscard]] std::optional<std::string> acknowledge(std::string_view id, std::string_view at);

  [[nodiscard]] std::optional<Instant> wake_at() const;
  [[nodiscard]] const std::deque<Entry>& entries() const { return entries_; }  // oldest first
  [[nodiscard]] std::size_t pending() const;                                     // not delivered, not acknowledged
  [[nodiscard]] bool has(std::string_view id) const { return find(id) != nullptr; }
  // A log that says the same in as few lines as possible.
  [[nodiscard]] std::string compact_log() const;

 private:
  void restore_delivery(Entry& entry, const JsonValue& record, Instant now, WallTime wall);
  [[nodiscard]] const Entry* find(std::string_view id) const;
  [[nodiscard]] Entry* find(std::string_view id);
  [[nodiscard]] static bool wants_delivery(const Entry& entry);
  [[nodiscard]] Nanos backoff(std::uint32_t tries);
  void make_room();

  AlertSettings settings_;
  Random& random_;
  std::deque<Entry> entries_;
  std::string delivering_;  // id; empty: none
};

}  // namespace s1mple
