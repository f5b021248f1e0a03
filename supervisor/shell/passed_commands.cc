#include "supervisor/shell/passed_commands.h"

#include <algorithm>
#include <utility>

#include "common/contract/rpc.h"

namespace s1mple {

link::CommandResult failed_result(int code, std::string message, std::string data_json) {
  link::CommandResult result;
  result.failed = true;
  result.code = code;
  result.message = std::move(message);
  result.data_json = std::move(data_json);
  return result;
}

std::uint64_t PassedCommands::add(Done done) {
  waiting_.push_back({++last_id_, clock_.now() + kTimeout, std::move(done)});
  arm();
  return last_id_;
}

void PassedCommands::arm() {
  if (waiting_.empty()) timer_.cancel();
  else timer_.start_at(waiting_.front().until);
}

void PassedCommands::answer(const link::CommandResult& result) {
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& w) { return w.id == result.id; });
  if (found == waiting_.end()) return;  // too late: its outcome was given as unknown
  const Done done = std::move(found->done);
  waiting_.erase(found);
  arm();
  done(result);
}

void PassedCommands::expire() {
  while (!waiting_.empty() && waiting_.front().until <= clock_.now()) {
    const Done done = std::move(waiting_.front().done);
    waiting_.pop_front();
    done(failed_result(static_cast<int>(RpcErrorCode::outcome_unknown),
                       "no answer in 2 s: it may or may not have been done"));
  }
  arm();
}

void PassedCommands::give_up(const std::string& why) {
  auto waiting = std::exchange(waiting_, {});
  timer_.cancel();
  for (const auto& command : waiting)
    command.done(failed_result(static_cast<int>(RpcErrorCode::outcome_unknown),
                               why + ": it may or may not have been done"));
}

}  // namespace s1mple
