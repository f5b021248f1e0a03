// LockFile: one holder of a path at a time (flock), for as long as the object or its process lives.
//
// The kernel frees it when the process ends, however it ends. The file holds the holder's pid as text, for
// people, and is never deleted: a deleted lock file can be held twice (rule 15 of the store).
// Errors: Errc::busy names the holder. Thread: any.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/os/unique_fd.h"

namespace s1mple {

class LockFile {
 public:
  [[nodiscard]] static Result<LockFile> take(const std::string& path);
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  explicit LockFile(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

// Who holds it now: nobody, or a pid (0 if it cannot be told). Looking shares the lock for a moment where it is free;
// take() knows that and tries again, so that it never gets in a taker's way.
[[nodiscard]] Result<std::optional<pid_t>> lock_holder(const std::string& path);

}  // namespace s1mple
