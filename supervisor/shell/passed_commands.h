// Operators' commands on their way through the link: an id each, a deadline each, one answer each.
//
// An answer that does not come in kTimeout is outcome_unknown (-32001); so is one whose orchestrator died.
// kMaxWaiting wait at most; one more is refused. Owner: the runner. Thread: the loop's. Failure: in the answer.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "common/base/time.h"
#include "common/contract/link.h"
#include "common/os/timer.h"

namespace s1mple {

class Loop;

class PassedCommands {
 public:
  static constexpr Nanos kTimeout = 2s;
  static constexpr std::size_t kMaxWaiting = 256;

  using Done = std::function<void(const link::CommandResult& result)>;

  // Ids go on from `first_id`: an answer to an earlier supervisor may still lie in the link.
  PassedCommands(Loop& loop, const Clock& clock, std::uint64_t first_id)
      : clock_(clock), timer_(loop, [this] { expire(); }), last_id_(first_id) {}

  // The command to send, with its id; `done` is called once, later. Nothing: too many wait.
  [[nodiscard]] bool full() const { return waiting_.size() >= kMaxWaiting; }
  [[nodiscard]] std::uint64_t add(Done done);
  void answer(const link::CommandResult& result);
  // The orchestrator has ended: nobody will answer.
  void give_up(const std::string& why);

 private:
  struct Waiting {
    std::uint64_t id;
    Instant until;
    Done done;
  };
  void expire();
  void arm();

  const Clock& clock_;
  Timer timer_;
  std::uint64_t last_id_;
  std::deque<Waiting> waiting_;  // by deadline
};

// An error as an answer.
[[nodiscard]] link::CommandResult failed_result(int code, std::string message, std::string data_json = {});

}  // namespace s1mple
