#include "common/os/timer.h"

#include <uv.h>

#include <algorithm>

#include "common/base/ensure.h"
#include "common/os/clock.h"
#include "common/os/loop.h"

namespace s1mple {

struct Timer::Impl {
  uv_timer_t uv{};
  std::function<void()> fire;

  void start(std::int64_t at_ms, std::uint64_t period_ms) {
    ::uv_update_time(uv.loop);
    const std::int64_t wait_ms = at_ms - static_cast<std::int64_t>(::uv_now(uv.loop));
    const auto on_fire = [](uv_timer_t* handle) { static_cast<Impl*>(handle->data)->fire(); };
    const int refused = ::uv_timer_start(
        &uv, on_fire, static_cast<std::uint64_t>(std::max<std::int64_t>(wait_ms, 0)), period_ms);
    ENSURE(refused == 0, "libuv refuses a timer");
  }
};

namespace {

// libuv's milliseconds are those of the monotonic clock, rounded down: the next whole one is never early.
std::int64_t round_up_to_ms(Nanos time) { return std::chrono::ceil<std::chrono::milliseconds>(time).count(); }

Nanos monotonic_now() { return SystemClock().now().time_since_epoch(); }

}  // namespace

Timer::Timer(Loop& loop, std::function<void()> fire) : impl_(new Impl) {
  impl_->fire = std::move(fire);
  impl_->uv.data = impl_;
  ::uv_timer_init(loop.native(), &impl_->uv);
}

Timer::~Timer() {
  ::uv_close(reinterpret_cast<uv_handle_t*>(&impl_->uv),
             [](uv_handle_t* handle) { delete static_cast<Impl*>(handle->data); });
}

void Timer::start_at(Instant when) { impl_->start(round_up_to_ms(when.time_since_epoch()), 0); }

void Timer::start_after(Nanos delay) {
  impl_->start(delay > 0ns ? round_up_to_ms(monotonic_now() + delay) : 0, 0);
}

void Timer::start_every(Nanos period) {
  ENSURE(period >= 1ms, "timer period below a millisecond");
  impl_->start(round_up_to_ms(monotonic_now() + period), static_cast<std::uint64_t>(round_up_to_ms(period)));
}

void Timer::cancel() { ::uv_timer_stop(&impl_->uv); }
bool Timer::active() const { return ::uv_is_active(reinterpret_cast<const uv_handle_t*>(&impl_->uv)) != 0; }

}  // namespace s1mple
