// PipeReader: drains the reading end of a pipe into a callback, for instance a child's standard error.
//
// Chunks have at most kMaxChunk bytes and at most kChunksPerPass are read in one pass, so that a program
// that floods its output cannot starve the loop. on_end is called once: all writers have closed, or reading
// failed.
// Owner: owns the descriptor; both callbacks may destroy the PipeReader. Thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "common/base/result.h"
#include "common/os/unique_fd.h"

namespace s1mple {

class Loop;

struct PipeEnds {
  UniqueFd reading, writing;
};
// Closed on exec; blocking.
[[nodiscard]] Result<PipeEnds> make_pipe();

class PipeReader {
 public:
  static constexpr std::size_t kMaxChunk = 16 * 1024;
  static constexpr int kChunksPerPass = 4;

  struct Callbacks {
    std::function<void(std::string_view bytes)> on_bytes;
    std::function<void()> on_end;
  };
  [[nodiscard]] static Result<std::unique_ptr<PipeReader>> open(Loop& loop, UniqueFd fd, Callbacks callbacks);
  ~PipeReader();
  PipeReader(const PipeReader&) = delete;
  PipeReader& operator=(const PipeReader&) = delete;

  [[nodiscard]] int fd() const;  // borrowed

 private:
  struct Impl;
  explicit PipeReader(Impl* impl) : impl_(impl) {}
  Impl* impl_;  // frees itself once libuv has let go of it
};

}  // namespace s1mple
