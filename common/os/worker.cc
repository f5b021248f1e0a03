#include "common/os/worker.h"

#include <csignal>

#include <condition_variable>
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

  explicit Impl(Loop& its_loop) : loop(its_loop) {}

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
        done();
      });
    }
  }

  std::optional<Piece> next() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return stopping || !queue.empty(); });
    if (stopping) return std::nullopt;
    Piece piece = std::move(queue.front());
    queue.pop_front();
    return piece;
  }

  void stop() {
    std::deque<Piece> dropped;  // destroyed without the lock, and before the wait below
    {
      const std::lock_guard lock(mutex);
      stopping = true;
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
  std::size_t pending = 0;  // the loop's thread only
  std::thread thread;
};

Worker::Worker(Loop& loop) : impl_(std::make_shared<Impl>(loop)) { impl_->start(); }
Worker::~Worker() { impl_->stop(); }

bool Worker::submit(std::function<void()> work, std::function<void()> done) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->queue.size() >= kMaxQueued) return false;
    impl_->queue.push_back({std::move(work), std::move(done)});
  }
  ++impl_->pending;
  impl_->changed.notify_one();
  return true;
}

std::size_t Worker::pending() const { return impl_->pending; }

}  // namespace s1mple
