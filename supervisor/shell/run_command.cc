#include "supervisor/shell/run_command.h"

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "common/os/child.h"
#include "common/os/files.h"
#include "common/os/inherited.h"
#include "common/os/lock_file.h"
#include "common/os/own_limits.h"
#include "supervisor/shell/loaded_config.h"
#include "supervisor/shell/self_test.h"
#include "supervisor/shell/supervisor.h"

namespace s1mple {

namespace {

int fail(ExitCode code, const std::string& story) {
  std::fprintf(stderr, "supervisor: %s\n", story.c_str());
  return to_int(code);
}

Result<LoadedConfig> load_here(const std::string& path) {
  const auto own = own_program_path();
  if (!own) return own.error();
  auto config = load_config(path, *own);
  if (config)
    for (const auto& warning : config->warnings) std::fprintf(stderr, "supervisor: warning: %s\n", warning.c_str());
  return config;
}

// `orchestrator check-config F`: its exit code; its words go where ours go.
ExitCode ask_orchestrator(Loop& loop, const LoadedConfig& checked) {
  ChildSpec spec = orchestrators_check(checked);
  spec.descriptors = {{STDOUT_FILENO, STDOUT_FILENO}, {STDERR_FILENO, STDERR_FILENO}};
  ExitCode code = ExitCode::unavailable;  // a machine without room for one more process, for instance: worth another try
  auto child = Child::spawn(loop, spec, [&](const ChildExit& exit) {
    loop.stop();
    if (exit.cause == ChildExit::Cause::exited && exit.code == 0) code = ExitCode::done;
    else if (exit.cause == ChildExit::Cause::exited && exit.code == to_int(ExitCode::usage)) code = ExitCode::usage;
    else if (exit.cause == ChildExit::Cause::never_started) code = static_cast<ExitCode>(fail(ExitCode::usage, exit.story));
    else (void)fail(ExitCode::unavailable, "'" + checked.program + " check-config' ended with " + describe(exit));
  });
  if (!child) return static_cast<ExitCode>(fail(ExitCode::unavailable, child.error().story));
  Timer limit(loop, [&] { (void)(*child)->signal(SIGKILL); });
  limit.start_after(kCheckLimit);
  loop.run();
  return code;
}

Result<std::string> home_of(const RunOptions& options, const SupervisorSettings& settings) {
  std::string home = options.home.empty() ? settings.home : options.home;
  if (const char* state = std::getenv("STATE_DIRECTORY"); home.empty() && state != nullptr) {
    home = state;
    home = home.substr(0, home.find(':'));  // systemd lists several
  }
  if (home.empty()) {
    const char* user = std::getenv("HOME");
    if (user == nullptr || user[0] != '/')
      return Error{Errc::invalid, "no home: give --home, or set $STATE_DIRECTORY or $HOME"};
    home = std::string(user) + "/.local/state/s1mpletrader";
  }
  if (auto made = ensure_directory(home); !made) return std::move(made).error().during("home");
  return absolute_path(home);
}

std::string socket_of(const std::string& home) {
  const char* runtime = std::getenv("RUNTIME_DIRECTORY");
  if (runtime == nullptr || runtime[0] != '/') return home + "/control.sock";
  const std::string directory(runtime);
  return directory.substr(0, directory.find(':')) + "/control.sock";
}

// Members of the group must be able to pass through the home to the socket, and see nothing else of it.
Result<void> open_home_to_group(const std::string& home, const std::string& group) {
  const auto gid = find_group(group);
  if (!gid) return Error{gid.error()}.during("supervisor.group");
  if (::chown(home.c_str(), static_cast<uid_t>(-1), *gid) != 0) return os_error("give '" + home + "' to the group", errno);
  if (::chmod(home.c_str(), 0710) != 0) return os_error("open '" + home + "' to the group", errno);
  return {};
}

}  // namespace

int check_config(const std::string& config) {
  const auto checked = load_here(config);
  if (!checked) return fail(ExitCode::usage, checked.error().story);
  Loop loop;
  return to_int(ask_orchestrator(loop, *checked));
}

int run_supervisor(const RunOptions& options) {
  Inherited inherited = take_inherited();  // before anything is opened or started
  // One arena: a second one costs more memory than this program has use for.
  ::mallopt(M_ARENA_MAX, 1);
  take_own_limits();
  ignore_sigpipe();
  auto checked = load_here(options.config);
  if (!checked) return fail(ExitCode::usage, checked.error().story);
  Loop loop;
  if (const ExitCode code = ask_orchestrator(loop, *checked); code != ExitCode::done) return to_int(code);
  // Who has a running orchestrator to take over must not leave it alone for this.
  if (auto tested = test_children(loop, "/proc/self/exe", {kDummyChild}, kSelfTestLimit); !tested) {
    const int code = fail(ExitCode::unavailable, "self-test: " + tested.error().story);
    if (inherited.descriptors.empty()) return code;
  }
  const auto home = home_of(options, checked->settings);
  if (!home) return fail(ExitCode::usage, home.error().story);
  const auto lock = LockFile::take(*home + "/LOCK");
  if (!lock) {
    const bool busy = lock.error().code == Errc::busy;
    return fail(busy ? ExitCode::lock_held : ExitCode::usage,
                busy ? "another supervisor has this home: " + lock.error().story : lock.error().story);
  }
  const std::string socket = socket_of(*home);
  if (!checked->settings.group.empty() && socket.rfind(*home + "/", 0) == 0) {
    if (auto opened = open_home_to_group(*home, checked->settings.group); !opened)
      return fail(ExitCode::usage, opened.error().story);
  }
  const auto own_program = own_program_path();
  if (!own_program) return fail(ExitCode::unavailable, own_program.error().story);
  SupervisorSetup setup{std::move(checked).value(), *home, socket, *own_program, std::move(inherited)};
  Supervisor supervisor(loop, std::move(setup));
  return to_int(supervisor.run());
}

}  // namespace s1mple
