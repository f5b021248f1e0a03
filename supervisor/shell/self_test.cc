#include "supervisor/shell/self_test.h"

#include <unistd.h>

#include <csignal>
#include <optional>

#include "common/os/child.h"
#include "common/os/loop.h"
#include "common/os/pipe_reader.h"
#include "common/os/timer.h"

namespace s1mple {

namespace {

Result<void> judge(const std::optional<ChildExit>& exit, bool spoke) {
  if (!exit && !spoke) return Error{Errc::timeout, "a child was started and never ran"};
  if (!exit) return Error{Errc::timeout, "a child was killed and its end was never seen"};
  if (exit->cause == ChildExit::Cause::never_started) return Error{Errc::refused, exit->story};
  if (!spoke || exit->cause != ChildExit::Cause::signalled || exit->signal != SIGKILL)
    return Error{Errc::refused, "a child that was to be killed ended with " + describe(*exit)};
  return {};
}

}  // namespace

Result<void> test_children(Loop& loop, const std::string& program, const std::vector<std::string>& arguments,
                           Nanos limit) {
  auto said = make_pipe();
  if (!said) return std::move(said).error();
  ChildSpec spec;
  spec.program = program;
  spec.arguments = arguments;
  spec.descriptors = {{said->writing.get(), STDOUT_FILENO}};
  std::optional<ChildExit> seen;
  bool spoke = false;
  auto child = Child::spawn(loop, spec, [&](const ChildExit& exit) { seen = exit; });
  if (!child) return std::move(child).error();
  said->writing.reset();
  PipeReader::Callbacks callbacks;
  callbacks.on_bytes = [&](std::string_view) {
    spoke = true;
    (void)(*child)->signal_group(SIGKILL);
  };
  callbacks.on_end = [] {};
  auto reader = PipeReader::open(loop, std::move(said->reading), std::move(callbacks));
  if (!reader) return std::move(reader).error();
  bool late = false;
  Timer timer(loop, [&] {
    late = true;
    (void)(*child)->signal_group(SIGKILL);
  });
  timer.start_after(limit);
  while (!seen && !late) loop.run_once(true);
  return judge(seen, spoke);
}

void be_dummy_child() {
  [[maybe_unused]] const ssize_t said = ::write(STDOUT_FILENO, "r", 1);
  for (;;) ::pause();
}

}  // namespace s1mple
