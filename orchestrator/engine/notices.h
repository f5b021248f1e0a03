// Notices: what subscribers are told, and alerts that are kept until somebody took them over (P9).
//
// An alert is a fact and is handed over again every alert_repeat until AlertDelivered. Published notes are
// {"kind":...,"at":...,...}, at most kMaxNotes a step; what is left out is counted in a last one. Nothing
// follows from either inside the engine.
// Owner: the engine; borrows the recorder. Thread: loop.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/engine/engine_config.h"
#include "orchestrator/execution/recorder.h"

namespace s1mple {

class Notices {
 public:
  static constexpr int kMaxNotes = 100;
  static constexpr std::size_t kLastEvents = 12;

  Notices(Recorder& recorder, const EngineConfig& config) : recorder_(recorder), config_(config) {}

  void begin_step();
  void end_step();
  void alert(std::string_view level, std::string_view code, const std::string& text);
  void warn(std::string_view code, const std::string& text) { alert("warning", code, text); }
  void critical(std::string_view code, const std::string& text) { alert("critical", code, text); }
  // The store is gone: the alert runs ahead of the disk, and the same id is told again by whoever finds it.
  void critical_without_store(std::string_view code, const std::string& text);
  void hand_over_again();  // at a start, and when alert_repeat is over
  void delivered(const std::string& id);

  void fill(const Fill& fill);
  void order(const Order& order, std::string_view what);  // "sent", "accepted", "closed"
  void trading(std::string_view mode, const std::string& why);
  void note(std::string_view kind, std::string_view what, std::string_view text);

  [[nodiscard]] std::optional<WallTime> wake_at() const { return again_at_; }
  void write_last(JsonWriter& out) const;  // the member last_events of status, newest first

 private:
  [[nodiscard]] JsonWriter begin(std::string_view kind) const;
  void publish(JsonWriter& out);

  Recorder& recorder_;
  const EngineConfig& config_;
  std::optional<WallTime> again_at_;
  int notes_ = 0;
  struct LastEvent {
    WallTime at;
    std::string kind, text;
  };
  void keep(std::string_view kind, std::string text);
  std::deque<LastEvent> last_;
};

}  // namespace s1mple
