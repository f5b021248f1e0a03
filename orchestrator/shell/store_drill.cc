#include "orchestrator/shell/store_drill.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "common/os/clock.h"
#include "common/os/loop.h"
#include "orchestrator/shell/drill_floor.h"
#include "orchestrator/shell/drill_folding.h"
#include "orchestrator/shell/loop_job_runner.h"
#include "orchestrator/shell/posix_disk.h"
#include "orchestrator/shell/store_directory.h"
#include "orchestrator/shell/store_report.h"
#include "orchestrator/state/state_store.h"

namespace s1mple {
namespace {

// The next group is submitted when the one before was acknowledged: a closed loop.
class Drill final : public StorageListener {
 public:
  Drill(const DrillOrder& order, PosixDisk& disk, DrillFolding& folding, StoreRecovery& recovery)
      : order_(order),
        folding_(folding),
        writer_(loop_, Worker::Haste::hasty),
        helper_(loop_),
        store_({disk, folding, clock_, writer_, helper_, *this}, recovery),
        record_(static_cast<std::size_t>(order.bytes)) {}

  Result<void> run() {
    acknowledged_ = store_.durable_seq();
    begun_ = clock_.now();
    next_commit();
    loop_.run();
    return std::move(outcome_);
  }

  void on_durable(std::uint64_t seq) override {
    for (; acknowledged_ < seq; ++acknowledged_)
      std::printf("ack %llu\n", static_cast<unsigned long long>(acknowledged_) + 1);
    std::fflush(stdout);
    if (seq < store_.last_seq()) return;  // a large group goes out in parts
    latencies_.push_back(clock_.now() - group_begun_);
    next_commit();
  }
  void on_store_failed(const Error& error) override { finish(error); }
  void on_space(Space) override {}

  [[nodiscard]] DrillFigures figures() { return figures_of(std::move(latencies_), ended_ - begun_); }

 private:
  void next_commit() {
    if (commits_++ == order_.commits) {
      ended_ = clock_.now();
      return store_.close([this](Result<void> closed) { finish(std::move(closed)); });
    }
    group_begun_ = clock_.now();
    for (std::uint64_t i = 0; i < order_.group; ++i) {
      fill_drill_record(folding_.records() + 1, record_);
      ENSURE(folding_.apply(record_).ok(), "a drill record of our own is refused");
      store_.submit(record_);
    }
    store_.flush();
  }

  void finish(Result<void> outcome) {
    outcome_ = std::move(outcome);
    loop_.stop();
  }

  const DrillOrder& order_;
  DrillFolding& folding_;
  SystemClock clock_;
  Loop loop_;
  LoopJobRunner writer_, helper_;
  StateStore store_;
  std::vector<std::byte> record_;
  std::vector<Nanos> latencies_;
  std::uint64_t commits_ = 0, acknowledged_ = 0;
  Instant begun_, ended_, group_begun_;
  Result<void> outcome_;
};

std::string figures_json(const DrillOrder& order, const DrillFigures& store, const DrillFigures& floor) {
  JsonWriter out;
  out.begin_object().boolean("ok", true);
  out.number("commits", order.commits).number("records", order.commits * order.group);
  out.key("seconds").raw(store.seconds_text());
  out.number("p50_us", store.p50_us).number("p99_us", store.p99_us);
  out.number("commits_per_s", store.per_second).number("floor_commits_per_s", floor.per_second);
  out.number("floor_p50_us", floor.p50_us).number("floor_p99_us", floor.p99_us);
  out.key("ratio").raw(ratio_text(store, floor));
  out.end_object();
  return out.take();
}

void say_in_plain_words(const DrillFigures& store, const DrillFigures& floor) {
  // A device that really writes needs longer than this; nothing that does is nearly as fast.
  constexpr std::int64_t kTooFastUs = 15;
  std::fprintf(stderr, "This disk forces %lld small writes a second (p50 %lld us, p99 %lld us).\n",
               static_cast<long long>(floor.per_second), static_cast<long long>(floor.p50_us),
               static_cast<long long>(floor.p99_us));
  std::fprintf(stderr, "The store makes %lld commits a second durable on it: %s of that.\n",
               static_cast<long long>(store.per_second), ratio_text(store, floor).c_str());
  if (floor.p50_us < kTooFastUs)
    std::fprintf(stderr, "That is too fast to be true for a disk: memory, or a cache that a power cut empties.\n");
}

}  // namespace

ExitCode run_store_drill(const DrillOrder& order) {
  const auto directory = StoreDirectory::open(order.directory, StoreDirectory::Missing::create);
  if (!directory.ok()) return print_failure(directory.error());
  PosixDisk disk(order.directory);
  DrillFolding folding;
  SystemClock clock;
  RecoverySettings settings;
  settings.directory = order.directory;
  StoreRecovery recovery(disk, folding, clock, settings);
  if (const auto recovered = recovery.run(); !recovered.ok())
    return print_failure(recovered.error(), recovery.damage());
  DrillFigures figures;
  {
    Drill drill(order, disk, folding, recovery);
    if (const auto done = drill.run(); !done.ok()) return print_failure(done.error());
    figures = drill.figures();
  }
  const auto floor = measure_floor(disk, clock, order.group * order.bytes, order.commits);
  if (!floor.ok()) return print_failure(floor.error());
  say_in_plain_words(figures, *floor);
  print_line(figures_json(order, figures, *floor));
  return ExitCode::done;
}

}  // namespace s1mple
