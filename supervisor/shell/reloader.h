// Reads and checks the configuration once more while everything runs; what follows from it is the Supervisor's.
//
// The file is read and parsed by the worker, so that a slow disk holds up nothing; then the orchestrator's program is
// asked for its tables. Nothing is changed here, and a refusal says what the command line would say.
// One at a time. Owner: the Supervisor. Thread: the loop's. Failure: an Error to `done`, which is called once, later.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "supervisor/shell/loaded_config.h"

namespace s1mple {

class CapturedRun;
class Loop;
class Worker;

class Reloader {
 public:
  static constexpr std::size_t kSaidMax = 4000;  // of a refusal

  using Done = std::function<void(Result<LoadedConfig> config)>;

  Reloader(Loop& loop, Worker& worker, std::string config_path, std::string own_program);
  ~Reloader();

  [[nodiscard]] bool is_running() const { return static_cast<bool>(done_); }
  // Only while none runs.
  void begin(Done done);

 private:
  void was_read(Result<LoadedConfig> config);
  void ask_orchestrator();
  void finish(Result<LoadedConfig> config);

  Loop& loop_;
  Worker& worker_;
  std::string config_path_;
  std::string own_program_;
  Done done_;
  std::unique_ptr<LoadedConfig> config_;
  std::unique_ptr<CapturedRun> check_;
};

}  // namespace s1mple
