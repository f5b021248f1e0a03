#include "supervisor/shell/reloader.h"

#include <optional>
#include <utility>

#include "common/base/ensure.h"
#include "common/os/worker.h"
#include "supervisor/shell/captured_run.h"

namespace s1mple {

Reloader::Reloader(Loop& loop, Worker& worker, std::string config_path, std::string own_program)
    : loop_(loop), worker_(worker), config_path_(std::move(config_path)), own_program_(std::move(own_program)) {}

Reloader::~Reloader() = default;

void Reloader::begin(Done done) {
  ENSURE(!is_running(), "one reload at a time");
  done_ = std::move(done);
  auto read = std::make_shared<std::optional<Result<LoadedConfig>>>();
  const bool taken =
      worker_.submit([read, path = config_path_, own = own_program_] { *read = load_config(path, own); },
                     [this, read] { was_read(std::move(**read)); });
  if (!taken) was_read(Error{Errc::busy, "too much waits for the disk to read the configuration now"});
}

void Reloader::was_read(Result<LoadedConfig> config) {
  if (!config) return finish(std::move(config).error());
  config_ = std::make_unique<LoadedConfig>(std::move(config).value());
  ask_orchestrator();
}

void Reloader::ask_orchestrator() {
  check_ = std::make_unique<CapturedRun>(loop_, orchestrators_check(*config_), kCheckLimit, nullptr, [this](const auto& outcome) {
    const auto ended = std::move(check_);  // its callback is this one
    const auto config = std::move(config_);
    if (outcome.ok) return finish(std::move(*config));
    finish(Error{Errc::refused, outcome.said.empty() ? "'" + config->program + " check-config': " + outcome.how
                                                     : outcome.said.substr(0, kSaidMax)});
  });
}

void Reloader::finish(Result<LoadedConfig> config) {
  const Done done = std::exchange(done_, nullptr);
  done(std::move(config));
}

}  // namespace s1mple
