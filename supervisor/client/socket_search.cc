#include "supervisor/client/socket_search.h"

#include <cerrno>

namespace s1mple::client {

namespace {

std::string socket_in(std::string directory) {
  while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
  return directory + "/control.sock";
}

std::string found_at(const Attempt& attempt) {
  switch (attempt.os_errno) {
    case ENOENT:
    case ENOTDIR: return "no socket";
    case ECONNREFUSED: return "a socket, but nobody listens";
    case EAGAIN: return "a supervisor with too many clients waiting";
    case ENOTSOCK: return "no socket but a file";
    default: return os_error("cannot connect", attempt.os_errno).story;
  }
}

std::string denied(const Attempt& attempt, const Speaker& speaker) {
  std::string text = attempt.path + ": permission denied";
  if (!attempt.owner.empty())
    text += "; it belongs to user " + attempt.owner + ", group " + attempt.group +
            ": become that user or root, or a member of the group that the configuration names, then try " +
            speaker.program + " again";
  return text;
}

}  // namespace

Result<std::vector<std::string>> socket_paths(const std::string& socket_option, const std::string& home_option,
                                              const Environment& environment) {
  if (!socket_option.empty() && !home_option.empty())
    return Error{Errc::invalid, "--socket and --home exclude each other"};
  std::vector<std::string> paths;
  if (!socket_option.empty()) {
    paths.push_back(socket_option);
  } else if (!home_option.empty()) {
    paths.push_back(socket_in(home_option));
  } else if (!environment.s1mple_socket.empty()) {
    paths.push_back(environment.s1mple_socket);
  } else {
    paths.emplace_back("/run/s1mpletrader/control.sock");
    const std::string state = environment.state_directory.substr(0, environment.state_directory.find(':'));
    if (!state.empty()) {
      paths.push_back(socket_in(state));
    } else if (!environment.home.empty()) {
      paths.push_back(socket_in(environment.home + "/.local/state/s1mpletrader"));
    }
  }
  for (const auto& path : paths)
    if (path.size() > kSocketPathMax)
      return Error{Errc::invalid, path + ": a socket's path has at most 107 bytes"};
  return paths;
}

std::string nobody_there(const std::vector<Attempt>& attempts, const Speaker& speaker) {
  for (const auto& attempt : attempts)
    if (attempt.os_errno == EACCES || attempt.os_errno == EPERM) return denied(attempt, speaker);
  std::string looked;
  for (const auto& attempt : attempts)
    looked += (looked.empty() ? "" : ", ") + attempt.path + " (" + found_at(attempt) + ")";
  return "no supervisor answers; looked at " + looked + "; start one with: " + speaker.program +
         " run --config FILE, or: systemctl start s1mpletrader";
}

}  // namespace s1mple::client
