// ExecutionEnvironment: the world that strategies run in, as the runtime sees it: paper or live.
//
// It owns the market's side and the venue's side. Requests go in through perform(); everything that happens comes
// out as events through its listener, in the order in which it happened, also from inside a call.
// Time:   now() is engine time: market time in paper, otherwise wall time that never runs backwards.
// Pacing: a paced world lets time run by itself (advance). A lock-step world (replay) stands still until the runtime,
//         when all is settled and durable on both sides, lets the next row happen (next_at, play_next).
// Owner: the shell or a test. Thread: loop. Errors: fail() of the listener, once; the process then ends.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "common/base/result.h"
#include "common/contract/exit_code.h"
#include "orchestrator/domain/action.h"
#include "orchestrator/domain/event.h"

namespace s1mple {

class EnvironmentListener {
 public:
  virtual ~EnvironmentListener() = default;
  virtual void on_environment_event(EventBody event) = 0;
  // What a person should know; nothing follows from it.
  virtual void on_environment_warning(const std::string& text) = 0;
  // The environment cannot go on: its own books failed (store_failed) or its market cannot be read (usage).
  virtual void on_environment_failed(ExitCode code, const Error& error) = 0;
};

class ExecutionEnvironment {
 public:
  virtual ~ExecutionEnvironment() = default;

  [[nodiscard]] virtual WallTime now() const = 0;
  virtual void perform(const SendOrder& request) = 0;
  virtual void perform(const SendCancel& request) = 0;
  virtual void perform(const AskVenue& request) = 0;
  virtual void perform(const AskData& request) = 0;

  // Makes what was decided since the last call durable, and lets out what is. At the end of each batch of the loop.
  virtual void flush() = 0;
  // Paced: lets happen what is due. Bounded work; false: more is due already.
  virtual bool advance() = 0;
  // When advance() has something to do next; nothing: not before an event.
  [[nodiscard]] virtual std::optional<Instant> wake_at() const = 0;

  // Lock-step worlds only; the others return false and nothing.
  [[nodiscard]] virtual bool is_lock_step() const { return false; }
  // Nothing decided waits for the disk, nothing let out is under way.
  [[nodiscard]] virtual bool is_quiet() const = 0;
  // Market time of the next row, when its moment has come by the pace; nothing: not yet, or the end.
  [[nodiscard]] virtual std::optional<WallTime> next_at() { return std::nullopt; }
  // The next row has effects in the exchange's books: the runtime makes all it knows durable before it happens.
  [[nodiscard]] virtual bool next_has_effects() { return false; }
  virtual void play_next() {}
  // Market time moves to a timer that is due before the next row.
  virtual void move_time(WallTime) {}

  // Final snapshot of its own books; nothing is performed afterwards.
  virtual void close(std::function<void(Result<void>)> done) = 0;
};

// What may lie between the runtime and an environment: requests pass it on their way in, events on their way out.
class EnvironmentLayer : public ExecutionEnvironment, public EnvironmentListener {
 public:
  // Who is told what passes; before the first event.
  virtual void set_listener(EnvironmentListener& listener) = 0;
};
using MakeLayer = std::function<std::unique_ptr<EnvironmentLayer>(ExecutionEnvironment& inner)>;

}  // namespace s1mple
