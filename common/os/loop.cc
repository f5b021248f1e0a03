#include "common/os/loop.h"

#include <uv.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "common/base/ensure.h"

namespace s1mple {

using Functions = std::vector<std::function<void()>>;

struct Loop::Impl {
  uv_loop_t loop{};
  uv_async_t posted_signal{};
  uv_check_t pass_end{};
  uv_idle_t no_sleep{};  // active while something is deferred or we stay awake: the next poll must not wait
  std::uint64_t awake_until = 0;
  std::mutex mutex;
  Functions posted;  // guarded by mutex
  Functions deferred;
  std::function<void()> hook;
  std::uint64_t measured_at = 0;
  std::uint64_t slept_before = 0;
  std::uint64_t longest_pass = 0;
  bool measures = false;

  void run_posted() {
    Functions functions;
    {
      const std::lock_guard lock(mutex);
      functions.swap(posted);
    }
    for (const auto& function : functions) function();
  }

  void forbid_sleep() { ::uv_idle_start(&no_sleep, [](uv_idle_t*) {}); }

  void end_pass() {
    if (awake_until == 0 || ::uv_hrtime() >= awake_until) {
      awake_until = 0;
      ::uv_idle_stop(&no_sleep);
    }
    const Functions functions = std::exchange(deferred, {});
    for (const auto& function : functions) function();
    if (hook) hook();
    measure_pass();
  }

  // Costs a system call a pass, so only who asks for it pays.
  void begin_measuring() {
    ENSURE(::uv_loop_configure(&loop, UV_METRICS_IDLE_TIME) == 0, "libuv cannot measure its sleep");
    measures = true;
    measured_at = ::uv_hrtime();
    slept_before = ::uv_metrics_idle_time(&loop);
  }

  void measure_pass() {
    if (!measures) return;
    const std::uint64_t now = ::uv_hrtime();
    const std::uint64_t slept = ::uv_metrics_idle_time(&loop);
    const std::uint64_t elapsed = now - measured_at;
    const std::uint64_t asleep = slept - slept_before;
    longest_pass = std::max(longest_pass, elapsed > asleep ? elapsed - asleep : 0);
    measured_at = now;
    slept_before = slept;
  }
};

namespace {

template <class Handle>
uv_handle_t* handle_of(Handle& handle) {
  return reinterpret_cast<uv_handle_t*>(&handle);
}

}  // namespace

Loop::Loop() : impl_(std::make_unique<Impl>()) {
  ENSURE(::uv_loop_init(&impl_->loop) == 0, "the system refuses an event loop");
  ENSURE(::uv_async_init(&impl_->loop, &impl_->posted_signal,
                         [](uv_async_t* handle) { static_cast<Impl*>(handle->data)->run_posted(); }) == 0,
         "the system refuses an event descriptor");
  ::uv_check_init(&impl_->loop, &impl_->pass_end);
  ::uv_idle_init(&impl_->loop, &impl_->no_sleep);
  impl_->posted_signal.data = impl_->pass_end.data = impl_->no_sleep.data = impl_.get();
  ::uv_check_start(&impl_->pass_end,
                   [](uv_check_t* handle) { static_cast<Impl*>(handle->data)->end_pass(); });
  ::uv_unref(handle_of(impl_->pass_end));
}

Loop::~Loop() {
  for (auto* handle :
       {handle_of(impl_->posted_signal), handle_of(impl_->pass_end), handle_of(impl_->no_sleep)})
    ::uv_close(handle, nullptr);
  ::uv_walk(
      &impl_->loop,
      [](uv_handle_t* handle, void*) { ENSURE(::uv_is_closing(handle), "Loop dies before a handle"); },
      nullptr);
  while (::uv_run(&impl_->loop, UV_RUN_DEFAULT) != 0) {
  }
  ENSURE(::uv_loop_close(&impl_->loop) == 0, "event loop does not close");
}

void Loop::run() { ::uv_run(&impl_->loop, UV_RUN_DEFAULT); }
void Loop::run_once(bool wait) { ::uv_run(&impl_->loop, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT); }
void Loop::stop() { ::uv_stop(&impl_->loop); }

void Loop::post(std::function<void()> function) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->posted.push_back(std::move(function));
  }
  ::uv_async_send(&impl_->posted_signal);
}

void Loop::defer(std::function<void()> function) {
  impl_->deferred.push_back(std::move(function));
  impl_->forbid_sleep();
}

void Loop::stay_awake(Nanos span) {
  impl_->awake_until = std::max(impl_->awake_until, ::uv_hrtime() + static_cast<std::uint64_t>(span.count()));
  impl_->forbid_sleep();
}

void Loop::at_pass_end(std::function<void()> hook) {
  ENSURE(!impl_->hook, "the loop has a hook already");
  impl_->hook = std::move(hook);
}

Nanos Loop::take_longest_pass() {
  if (!impl_->measures) impl_->begin_measuring();
  return Nanos(static_cast<std::int64_t>(std::exchange(impl_->longest_pass, 0)));
}

uv_loop_s* Loop::native() { return &impl_->loop; }

}  // namespace s1mple
