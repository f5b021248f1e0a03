#include "supervisor/shell/loaded_config.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>

#include "common/base/crc32c.h"
#include "common/os/files.h"
#include "common/os/stream_listener.h"
#include "supervisor/shell/orchestrator_process.h"

namespace s1mple {

namespace {

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

void warn_of_command(LoadedConfig& config, const std::string& path, std::uint32_t line, std::string_view key,
                     const std::vector<std::string>& command) {
  if (command.empty()) return;
  if (auto runs = can_run(command.front()); !runs)
    config.warnings.push_back(at_line(path, line, key) + runs.error().story + "; alerts wait until it can be run");
}

// What the file names and only this machine can confirm.
Result<void> check_machine(const std::string& path, const std::string& own_program, LoadedConfig& config) {
  const SupervisorSettings& settings = config.settings;
  if (!settings.group.empty())
    if (const auto group = find_group(settings.group); !group)
      return Error{Errc::invalid, at_line(path, settings.lines.group, "supervisor.group") + group.error().story};
  const bool named = !settings.orchestrator.empty();
  const std::string program =
      named ? settings.orchestrator : own_program.substr(0, own_program.rfind('/')) + "/orchestrator";
  const std::string where =
      named ? at_line(path, settings.lines.orchestrator, "supervisor.orchestrator")
            : path + ": supervisor.orchestrator is not set, and beside the supervisor there is none: ";
  if (auto runs = can_run(program); !runs)
    return Error{Errc::invalid, where + "must be a program that can be run: " + runs.error().story};
  auto absolute = absolute_path(program);
  if (!absolute) return std::move(absolute).error().during(where);
  config.program = std::move(absolute).value();
  warn_of_command(config, path, settings.lines.command, "alerts.command", settings.alerts.command);
  warn_of_command(config, path, settings.lines.escalation_command, "alerts.escalation_command",
                  settings.alerts.escalation_command);
  return {};
}

std::string ladder_key(const LoadedConfig& config, std::string_view text) {
  struct stat info {};
  std::string program = config.program;
  if (::stat(program.c_str(), &info) == 0)
    program += ":" + std::to_string(info.st_ino) + ":" + std::to_string(info.st_size) + ":" +
               std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec);
  std::uint32_t crc = crc32c(std::as_bytes(std::span(program)));
  crc = crc32c(std::as_bytes(std::span(config.path)), crc);
  crc = crc32c(std::as_bytes(std::span(text)), crc);
  return std::to_string(crc);
}

}  // namespace

Result<LoadedConfig> load_config(const std::string& path, const std::string& own_program) {
  LoadedConfig config;
  auto absolute = absolute_path(path);
  if (!absolute) return std::move(absolute).error().during("configuration");
  config.path = std::move(absolute).value();
  const auto text = read_file(config.path, ConfigFile::kMaxBytes);
  if (!text) return text.error();
  auto read = read_settings(*text, path);
  if (!read) return std::move(read).error();
  config.started_with = started_with(*read);
  config.settings = std::move(read->settings);
  if (auto confirmed = check_machine(path, own_program, config); !confirmed) return std::move(confirmed).error();
  config.key = ladder_key(config, *text);
  return config;
}

ChildSpec orchestrators_check(const LoadedConfig& config) {
  ChildSpec spec;
  spec.program = config.program;
  spec.arguments = {"check-config", config.path};
  spec.environment = environment_for_child();
  return spec;
}

Result<std::string> own_program_path() { return absolute_path("/proc/self/exe"); }

}  // namespace s1mple
