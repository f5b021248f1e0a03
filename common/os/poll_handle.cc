#include "common/os/poll_handle.h"

#include "common/base/ensure.h"

namespace s1mple {

Result<void> PollHandle::attach(UniqueFd fd) {
  const int refused = ::uv_poll_init(loop_.native(), &uv_, fd.get());
  if (refused != 0) return os_error("watch a descriptor", -refused);
  fd_ = std::move(fd);
  attached_ = true;
  uv_.data = this;
  return {};
}

void PollHandle::close() {
  ENSURE(!closing(), "handle closed twice");
  life_.reset();
  if (!attached_) {
    delete this;
    return;
  }
  ::uv_close(reinterpret_cast<uv_handle_t*>(&uv_),
             [](uv_handle_t* handle) { delete static_cast<PollHandle*>(handle->data); });
  fd_.reset();
}

void PollHandle::watch(bool readable, bool writable) {
  const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
  if (closing() || events == events_) return;
  events_ = events;
  if (events == 0) {
    ::uv_poll_stop(&uv_);
    return;
  }
  const int refused = ::uv_poll_start(&uv_, events, [](uv_poll_t* handle, int status, int ready) {
    auto* self = static_cast<PollHandle*>(handle->data);
    if (status < 0) self->events_ = 0;  // libuv has stopped watching; the next watch starts again
    self->on_ready(status < 0 || (ready & UV_READABLE) != 0, status < 0 || (ready & UV_WRITABLE) != 0);
  });
  ENSURE(refused == 0, "libuv refuses to watch a descriptor");
}

void PollHandle::defer(std::function<void()> function) {
  loop_.defer([life = std::weak_ptr(life_), run = std::move(function)] {
    if (!life.expired()) run();
  });
}

}  // namespace s1mple
