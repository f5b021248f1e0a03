// Descriptors that a program finds open when it starts, and how it leaves its own to the program that replaces it.
//
// From systemd: $LISTEN_PID, $LISTEN_FDS and $LISTEN_FDNAMES (sd_listen_fds(3)), if they are meant for us.
// From ourselves: $S1MPLE_DESCRIPTORS, "17=name:18=name", written by replace_program.
// take_inherited: once, at program start, before anything is opened or started; it removes the variables. What it
//          returns is closed on exec, like everything else here.
// replace_program: returns with an Error only; then everything is as it was before. Main thread only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/os/unique_fd.h"

namespace s1mple {

struct NamedDescriptor {
  std::string name;
  UniqueFd fd;
};

struct Inherited {
  static constexpr int kMax = 64;

  std::vector<NamedDescriptor> descriptors;
  bool in_place = false;  // left by replace_program: we are still the same process
};

[[nodiscard]] Inherited take_inherited();

struct BorrowedDescriptor {
  std::string name;  // without ':' and '='
  int fd;
};

// Becomes `program`, an absolute path, with these arguments (without its own name), our environment and these
// descriptors.
[[nodiscard]] Error replace_program(const std::string& program, const std::vector<std::string>& arguments,
                                    const std::vector<BorrowedDescriptor>& descriptors);

}  // namespace s1mple
