#include "common/os/signals.h"

#include <uv.h>

#include <csignal>
#include <cstring>

#include "common/base/ensure.h"
#include "common/os/loop.h"

namespace s1mple {

struct SignalWatcher::Impl {
  std::function<void(int)> on_signal;
};

struct SignalWatcher::Handle {
  uv_signal_t uv{};
  std::shared_ptr<Impl> impl;  // the callback outlives a watcher destroyed within it
};

SignalWatcher::SignalWatcher(Loop& loop, std::span<const int> signals, std::function<void(int)> on_signal)
    : impl_(std::make_shared<Impl>(Impl{std::move(on_signal)})) {
  for (const int signal : signals) {
    auto* handle = new Handle{{}, impl_};
    handle->uv.data = handle;
    ENSURE(::uv_signal_init(loop.native(), &handle->uv) == 0, "libuv refuses a signal handle");
    handles_.push_back(handle);
    const auto deliver = [](uv_signal_t* uv, int number) {
      const auto impl = static_cast<Handle*>(uv->data)->impl;
      impl->on_signal(number);
    };
    ENSURE(::uv_signal_start(&handle->uv, deliver, signal) == 0, "the system refuses to handle a signal");
  }
}

SignalWatcher::~SignalWatcher() {
  for (auto* handle : handles_)
    ::uv_close(reinterpret_cast<uv_handle_t*>(&handle->uv),
               [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
}

void ignore_sigpipe() { ENSURE(::signal(SIGPIPE, SIG_IGN) != SIG_ERR, "SIGPIPE cannot be ignored"); }

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace s1mple
