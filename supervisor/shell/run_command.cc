#include "supervisor/shell/run_command.h"

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "common/base/crc32c.h"
#include "common/contract/config.h"
#include "common/os/child.h"
#include "common/os/files.h"
#include "common/os/inherited.h"
#include "common/os/lock_file.h"
#include "common/os/own_limits.h"
#include "supervisor/shell/self_test.h"
#include "supervisor/shell/supervisor.h"

namespace s1mple {

namespace {

constexpr Nanos kCheckTimeout = 30s;

int fail(ExitCode code, const std::string& story) {
  std::fprintf(stderr, "supervisor: %s\n", story.c_str());
  return to_int(code);
}

// What the command line and the file say, checked by both programs.
struct Checked {
  SupervisorSettings settings;
  std::string config_path;
  std::string config_text;
  std::string program;
};

Result<std::string> absolute_path(const std::string& path) {
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr) return os_error("read '" + path + "'", errno);
  return std::string(resolved);
}

// Beside our own program, through a link such as /usr/bin/s1mple.
Result<std::string> default_program() {
  auto own = absolute_path("/proc/self/exe");
  if (!own) return own;
  return own->substr(0, own->rfind('/')) + "/orchestrator";
}

Result<void> can_run(const std::string& program) {
  struct stat info {};
  if (::stat(program.c_str(), &info) != 0) return os_error("'" + program + "'", errno);
  if (!S_ISREG(info.st_mode)) return Error{Errc::invalid, "'" + program + "' is no file"};
  if (::access(program.c_str(), X_OK) != 0) return os_error("'" + program + "' cannot be run", errno);
  return {};
}

std::string at_line(const std::string& path, std::uint32_t line, std::string_view key) {
  return path + ":" + std::to_string(line) + ": " + std::string(key) + ": ";
}

void warn_of_command(const std::string& path, std::uint32_t line, std::string_view key,
                     const std::vector<std::string>& command) {
  if (command.empty()) return;
  if (auto runs = can_run(command.front()); !runs)
    std::fprintf(stderr, "supervisor: warning: %s%s; alerts wait until it can be run\n", at_line(path, line, key).c_str(),
                 runs.error().story.c_str());
}

// What the file names and only this machine can confirm.
Result<void> check_machine(const std::string& path, Checked& checked) {
  const SupervisorSettings& settings = checked.settings;
  if (!settings.group.empty())
    if (const auto group = find_group(settings.group); !group)
      return Error{Errc::invalid, at_line(path, settings.lines.group, "supervisor.group") + group.error().story};
  auto program = settings.orchestrator.empty() ? default_program() : Result<std::string>(settings.orchestrator);
  if (!program) return std::move(program).error();
  const std::string where = settings.orchestrator.empty()
                                ? path + ": supervisor.orchestrator is not set, and beside the supervisor there is none: "
                                : at_line(path, settings.lines.orchestrator, "supervisor.orchestrator");
  if (auto runs = can_run(*program); !runs)
    return Error{Errc::invalid, where + "must be a program that can be run: " + runs.error().story};
  auto absolute = absolute_path(*program);
  if (!absolute) return std::move(absolute).error().during(where);
  checked.program = *absolute;
  // No reason to leave a market alone: alerts wait until somebody has put it back.
  warn_of_command(path, settings.lines.command, "alerts.command", settings.alerts.command);
  warn_of_command(path, settings.lines.escalation_command, "alerts.escalation_command",
                  settings.alerts.escalation_command);
  return {};
}

Result<Checked> read_configuration(const std::string& path) {
  Checked checked;
  auto config = absolute_path(path);
  if (!config) return std::move(config).error().during("configuration");
  checked.config_path = *config;
  auto text = read_file(checked.config_path, ConfigFile::kMaxBytes);
  if (!text) return std::move(text).error();
  checked.config_text = std::move(text).value();
  auto settings = read_settings(checked.config_text, path);
  if (!settings) return std::move(settings).error();
  checked.settings = std::move(settings).value();
  if (auto confirmed = check_machine(path, checked); !confirmed) return std::move(confirmed).error();
  return checked;
}

// `orchestrator check-config F`: its exit code; its words go where ours go.
ExitCode ask_orchestrator(Loop& loop, const Checked& checked) {
  ChildSpec spec;
  spec.program = checked.program;
  spec.arguments = {"check-config", checked.config_path};
  spec.environment = environment_for_child();
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
  limit.start_after(kCheckTimeout);
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

// Another program or another configuration gets a ladder of its own.
std::string tally_key(const Checked& checked) {
  struct stat info {};
  std::string program = checked.program;
  if (::stat(program.c_str(), &info) == 0)
    program += ":" + std::to_string(info.st_ino) + ":" + std::to_string(info.st_size) + ":" +
               std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec);
  std::uint32_t crc = crc32c(std::as_bytes(std::span(program)));
  crc = crc32c(std::as_bytes(std::span(checked.config_path)), crc);
  crc = crc32c(std::as_bytes(std::span(checked.config_text)), crc);
  return std::to_string(crc);
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
  const auto checked = read_configuration(config);
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
  auto checked = read_configuration(options.config);
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
  const auto own_program = absolute_path("/proc/self/exe");
  if (!own_program) return fail(ExitCode::unavailable, own_program.error().story);
  SupervisorSetup setup{checked->settings,    checked->config_path, *home,                socket, checked->program,
                        tally_key(*checked), *own_program,         std::move(inherited)};
  checked = Error{Errc::closed, "handed over"};  // its text is not needed for months
  Supervisor supervisor(loop, std::move(setup));
  return to_int(supervisor.run());
}

}  // namespace s1mple
