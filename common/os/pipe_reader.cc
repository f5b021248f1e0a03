#include "common/os/pipe_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "common/os/poll_handle.h"

namespace s1mple {

struct PipeReader::Impl : PollHandle {
  Impl(Loop& loop, Callbacks wanted) : PollHandle(loop), callbacks(std::move(wanted)) {}

  void start() { watch(true, false); }

  void on_ready(bool, bool) override {
    char chunk[kMaxChunk];
    for (int i = 0; i < kChunksPerPass && !closing(); ++i) {
      const ssize_t size = ::read(fd(), chunk, sizeof chunk);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && errno == EAGAIN) break;
      if (size <= 0) {
        watch(false, false);
        callbacks.on_end();
        return;
      }
      callbacks.on_bytes({chunk, static_cast<std::size_t>(size)});
    }
    watch(true, false);
  }

  [[nodiscard]] int descriptor() const { return fd(); }

  Callbacks callbacks;
};

Result<PipeEnds> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0) return os_error("make a pipe", errno);
  return PipeEnds{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<std::unique_ptr<PipeReader>> PipeReader::open(Loop& loop, UniqueFd fd, Callbacks callbacks) {
  auto* impl = new Impl(loop, std::move(callbacks));
  std::unique_ptr<PipeReader> reader(new PipeReader(impl));
  if (auto attached = impl->attach(std::move(fd)); !attached) return std::move(attached).error();
  impl->start();
  return reader;
}

PipeReader::~PipeReader() { impl_->close(); }

int PipeReader::fd() const { return impl_->descriptor(); }

}  // namespace s1mple
