// Where the supervisor's socket may be, in the order of the look-up, and what to say when nobody is there.
//
// Order: --socket, --home, $S1MPLE_SOCKET, /run/s1mpletrader/control.sock, the default home ($STATE_DIRECTORY, else
// ~/.local/state/s1mpletrader). What was named explicitly is the only place looked at. Pure: the environment comes
// in as values, the answers of the system go in as Attempts. Thread: any.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "supervisor/client/vitals.h"

namespace s1mple::client {

inline constexpr std::size_t kSocketPathMax = 107;  // sun_path without its final zero

struct Environment {
  std::string s1mple_socket;    // $S1MPLE_SOCKET
  std::string state_directory;  // $STATE_DIRECTORY; the first of several
  std::string home;             // $HOME
};

[[nodiscard]] Result<std::vector<std::string>> socket_paths(const std::string& socket_option,
                                                            const std::string& home_option,
                                                            const Environment& environment);

struct Attempt {
  std::string path;
  int os_errno = 0;
  std::string owner, group;  // of the socket, or of the directory that may not be entered; empty: not known
};

// One line: where was looked, what was found there, how to start one. Permission denied says who may.
[[nodiscard]] std::string nobody_there(const std::vector<Attempt>& attempts, const Speaker& speaker);

}  // namespace s1mple::client
