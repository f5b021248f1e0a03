#include "common/os/worker.h"

#include <uv.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "common/os/loop.h"

namespace s1mple {

struct Worker::Impl : std::enable_shared_from_this<Worker::Impl> {
  struct Piece {
    std::function<void()> work, done;
  };

  Impl(Loop& its_loop, bool is_hasty) : loop(its_loop), hasty(is_hasty) {}

  void start() {
    // Signals are for the main thread, which watches them.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread = std::thread([this] { run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void run() {
    while (auto piece = next()) {
      piece->work();
      loop.post([self = weak_from_this(), done = std::move(piece->done)] {
        const auto impl = self.lock();
        if (!impl) return;
        --impl->pending;
        impl->took = Nanos(now() - impl->begun);
        done();
      });
    }
  }

  static std::int64_t now() { return static_cast<std::int64_t>(::uv_hrtime()); }

  // On the loop's thread, for a piece that was just queued.
  void begin() {
    ++pending;
    begun = now();
    if (hasty && took < kSoon) loop.stay_awake(2 * took);
  }

  void linger() const {
    const std::int64_t until = now() + kLinger.count();
    while (waiting.load(std::memory_order_acquire) == 0 && now() < until) {
    }
  }

  std::optional<Piece> next() {
    if (hasty) linger();
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return stopping || !queue.empty(); });
    if (stopping) return std::nullopt;
    Piece piece = std::move(queue.front());
    queue.pop_front();
    --waiting;
    return piece;
  }

  void stop() {
    std::deque<Piece> dropped;  // destroyed without the lock, and before the wait below
    {
      const std::lock_guard lock(mutex);
      stopping = true;
      ++waiting;
      dropped.swap(queue);
    }
    changed.notify_one();
    dropped.clear();
    thread.join();
  }

  Loop& loop;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Piece> queue;  // guarded by mutex
  bool stopping = false;    // guarded by mutex
  std::atomic<std::size_t> waiting{0};  // pieces, and the stop
  const bool hasty;
  // The loop's thread only.
  std::size_t pending = 0;
  std::int64_t begun = 0;
  Nanos took = kSoon;  // the last piece, from its submission to its report
  std::thread thread;
};

Worker::Worker(Loop& loop, Haste haste)
    : impl_(std::make_shared<Impl>(loop, haste == Haste::hasty && std::thread::hardware_concurrency() > 1)) {
  impl_->start();
}
Worker::~Worker() { impl_->stop(); }

bool Worker::submit(std::function<void()> work, std::function<void()> done) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->queue.size() >= kMaxQueued) return false;
    impl_->queue.push_back({std::move(work), std::move(done)});
    ++impl_->waiting;
  }
  impl_->begin();
  impl_->changed.notify_one();
  return true;
}

std::size_t Worker::pending() const { return impl_->pending; }

}  // namespace s1mple
