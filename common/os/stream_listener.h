// StreamListener: a Unix stream socket at a path that accepts connections on the loop.
//
// Opening: a path over 107 bytes is refused. A socket file left by a dead program is replaced, but only
//          after connect() to it was refused; one that answers is Errc::busy; anything else at the path is
//          Errc::exists. The file never exists with wider rights than `mode`.
// Adopting: a listening socket that an earlier program left serves on, with whoever waits in it, if it is bound to
//          this path and the file is still there; else it is Errc::invalid and closed.
// Closing: destroying it closes the socket and removes the file, if the file is still the one it made; after
//          keep_file() the file stays for the program that has the socket next.
// Errors:  a failed accept (no descriptors) waits for the pause and goes on; the others are those of open.
// Owner:   on_connection takes the descriptor, non-blocking and closed on exec. Thread: the loop's.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/os/unique_fd.h"

namespace s1mple {

class Loop;

struct ListenSpec {
  std::string path;
  mode_t mode = 0600;
  std::optional<gid_t> group;                        // owner of the file's group
  Nanos pause_after_failure = std::chrono::milliseconds(100);  // how long a failed accept waits
};

class StreamListener {
 public:
  static constexpr std::size_t kMaxPath = 107;  // sockaddr_un, less the final zero
  static constexpr int kBacklog = 64;

  [[nodiscard]] static Result<std::unique_ptr<StreamListener>> open(Loop& loop, const ListenSpec& spec,
                                                                    std::function<void(UniqueFd)> on_connection);
  [[nodiscard]] static Result<std::unique_ptr<StreamListener>> adopt(Loop& loop, const ListenSpec& spec, UniqueFd fd,
                                                                     std::function<void(UniqueFd)> on_connection);
  ~StreamListener();
  StreamListener(const StreamListener&) = delete;
  StreamListener& operator=(const StreamListener&) = delete;

  [[nodiscard]] int fd() const;  // borrowed
  void keep_file();

 private:
  struct Impl;
  explicit StreamListener(Impl* impl) : impl_(impl) {}
  Impl* impl_;  // frees itself once libuv has let go of it
};

// The id of a group by its name; Errc::not_found if there is none.
[[nodiscard]] Result<gid_t> find_group(const std::string& name);

}  // namespace s1mple
