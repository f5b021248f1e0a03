// Keeps supervisor.json: one replacement at a time, off the loop, and always the newest content next.
//
// save: `done` is called on the loop once content at least as new is durable (true) or was refused (false).
// Owner: the Supervisor. Thread: the loop's; the worker writes. Failure: logged once for each change of outcome.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "supervisor/core/saved_state.h"

namespace s1mple {

class LogSink;
class Worker;

class StateKeeper {
 public:
  using Done = std::function<void(bool ok)>;

  StateKeeper(std::string path, Worker& worker, LogSink& log);

  // What an earlier supervisor left; nothing at the first start. A damaged or newer file is set aside ("<path>.damaged").
  [[nodiscard]] Result<std::optional<SavedState>> load();
  void save(const SavedState& state, Done done);

 private:
  void write_next();
  void written(const Result<void>& outcome);

  std::string path_;
  Worker& worker_;
  LogSink& log_;
  std::string next_;             // not yet handed to the worker; empty: none
  std::vector<Done> next_done_;
  std::vector<Done> writing_done_;
  bool writing_ = false;
  bool failing_ = false;
};

}  // namespace s1mple
