// The runner's part in adoption: taking over a running orchestrator, leaving one to the next supervisor, and the end of
// one that nobody here could wait for.
#include "common/os/process_info.h"
#include "supervisor/core/inheritance.h"
#include "supervisor/shell/crash_reports.h"
#include "supervisor/shell/descriptor_store.h"
#include "supervisor/shell/log_sink.h"
#include "supervisor/shell/runner.h"

namespace s1mple {

bool Runner::adopt(OrchestratorProcess::Parts parts, bool stable) {
  const std::int64_t pid = parts.pid;
  output_.clear();
  run_ = RunRecord{};
  run_.pid = pid;
  const bool parked = machine_.policy().step() == LadderStep::parked;
  run_.mode = parked ? StartMode::safe : machine_.policy().mode();
  const auto info = read_process_info(parts.pid);
  run_.started = clock_.now() - (info ? info->age : Nanos{});
  auto adopted = OrchestratorProcess::adopt(loop_, std::move(parts), callbacks());
  if (!adopted) {
    log_.write(LogLine(LogLevel::error, "not_taken_over").with("pid", pid).with("story", adopted.error().story));
    forget_descriptors(pid);
    return false;
  }
  process_ = std::move(adopted).value();
  adopted_ = true;
  link::Attach attach = attach_for({run_.mode, StartCause::unknown, 0});
  attach.adopted = true;
  (void)process_->send(attach);
  handle(event::Adopted{stable});
  return true;
}

std::vector<BorrowedDescriptor> Runner::descriptors() const {
  return process_ ? process_->descriptors() : std::vector<BorrowedDescriptor>();
}

void Runner::forget_descriptors(std::int64_t pid) {
  for (const auto& [part, text] : kRunPartTexts) store_.forget(stored_name(part, pid));
}

void Runner::ended_without_status() {
  reports_.read_last_words(run_.pid, [this, pid = run_.pid](const std::string& words) {
    handle(event::Exited{ending_of(words, machine_.bye_code())});
    reports_.drop_last_words(pid);
  });
}

}  // namespace s1mple
