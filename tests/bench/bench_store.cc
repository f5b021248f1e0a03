// bench_store: the store against the floor of the disk (DESIGN section 11), in one process, in one table.
//
//   bench_store [directory] [rounds | --smoke]
// Commits: a closed loop (the next group after the last acknowledgement, the hand-off to the writer included) at 1,
// 16 and 256 records of 256 bytes, floor and store in turn each round; the figure is the median of the rounds'
// ratios. Recovery: a log of a million records, beside reading the same bytes. Figures need a quiet machine.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/os/clock.h"
#include "common/os/loop.h"
#include "orchestrator/shell/drill_floor.h"
#include "orchestrator/shell/drill_folding.h"
#include "orchestrator/shell/loop_job_runner.h"
#include "orchestrator/shell/posix_disk.h"
#include "orchestrator/state/state_store.h"
#include "orchestrator/state/store_names.h"
#include "tests/bench/quantile.h"

namespace s1mple {
namespace {

constexpr std::size_t kRecordBytes = 256;
constexpr Nanos kRoundTime = 150ms;
constexpr std::uint64_t kFloorFileBytes = std::uint64_t{16} << 20;

[[noreturn]] void give_up(const Error& error) {
  std::fprintf(stderr, "bench_store: %s\n", error.story.c_str());
  std::exit(1);
}

void require(const Result<void>& done) {
  if (!done.ok()) give_up(done.error());
}

// The payloads do not matter here, only their number.
class BytesFolding final : public Folding {
 public:
  [[nodiscard]] std::string_view kind() const override { return "bench"; }
  Result<void> apply(std::span<const std::byte>) override { return ++records_, Result<void>(); }
  Result<void> read_snapshot(const JsonValue& state, std::uint32_t) override {
    records_ = state.uint_at("records").value();
    return {};
  }
  void write_snapshot(JsonWriter& out) const override { out.begin_object().number("records", records_).end_object(); }
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  std::uint64_t records_ = 0;
};

class Floor {
 public:
  Floor(PosixDisk& disk, const Clock& clock) : clock_(clock), file_(disk.open("floor.tmp", OpenFor::creating).value()) {
    require(file_->write_at(0, std::vector<std::byte>(kFloorFileBytes)));
    require(file_->sync());
  }
  DrillFigures round(std::uint64_t group) {
    const std::vector<std::byte> bytes(group * kRecordBytes, std::byte{0x5a});
    std::vector<Nanos> latencies;
    const Instant begun = clock_.now();
    Instant last = begun;
    while (last - begun < kRoundTime) {
      if (at_ + bytes.size() > kFloorFileBytes) at_ = 0;
      require(file_->write_at(at_, bytes));
      require(file_->sync());
      at_ += bytes.size();
      const Instant now = clock_.now();
      latencies.push_back(now - last);
      last = now;
    }
    return figures_of(std::move(latencies), last - begun);
  }

 private:
  const Clock& clock_;
  std::unique_ptr<DiskFile> file_;
  std::uint64_t at_ = 0;
};

class Store final : public StorageListener {
 public:
  Store(PosixDisk& disk, const Clock& clock) : clock_(clock), writer_(loop_), helper_(loop_) {
    StoreRecovery recovery(disk, folding_, clock, {});
    require(recovery.run());
    store_ = std::make_unique<StateStore>(StateStore::Parts{disk, folding_, clock, writer_, helper_, *this}, recovery);
  }
  DrillFigures round(std::uint64_t group, Nanos time) {
    group_ = group;
    latencies_.clear();
    const Instant begun = last_ = clock_.now();
    until_ = begun + time;
    submit();
    loop_.run();
    return figures_of(latencies_, last_ - begun);
  }
  void fill(std::uint64_t records) {
    while (store_->last_seq() < records) round(4000, Nanos(0));
  }
  void close() {
    store_->close([this](Result<void> closed) {
      require(closed);
      loop_.stop();
    });
    loop_.run();
  }
  void on_durable(std::uint64_t seq) override {
    if (seq < store_->last_seq()) return;
    const Instant now = clock_.now();
    latencies_.push_back(now - last_);
    last_ = now;
    if (now < until_) return submit();
    loop_.stop();
  }
  void on_store_failed(const Error& error) override { give_up(error); }
  void on_space(Space) override {}

 private:
  void submit() {
    for (std::uint64_t i = 0; i < group_; ++i) {
      (void)folding_.apply(record_).ok();
      store_->submit(record_);
    }
    store_->flush();
  }
  const Clock& clock_;
  Loop loop_;
  LoopJobRunner writer_, helper_;
  BytesFolding folding_;
  std::unique_ptr<StateStore> store_;
  std::vector<std::byte> record_ = std::vector<std::byte>(kRecordBytes, std::byte{0x5a});
  std::vector<Nanos> latencies_;
  std::uint64_t group_ = 1;
  Instant last_, until_;
};

struct Row {
  std::vector<std::int64_t> ratio_percent, floor_per_s, store_per_s, floor_p50, store_p50, floor_p99, store_p99;
};

// DESIGN section 11.
int budget_percent(std::uint64_t group) { return group == 1 ? 93 : 95; }

void print_row(std::uint64_t group, Row& row) {
  std::sort(row.ratio_percent.begin(), row.ratio_percent.end());
  fmt::print("{:>7} {:>10} {:>10} {:>7}% ({}..{}) {:>7}% {:>7}/{:<7} {:>7}/{:<7}\n", group,
             median(row.floor_per_s), median(row.store_per_s), median(row.ratio_percent),
             row.ratio_percent[row.ratio_percent.size() / 4],
             row.ratio_percent[row.ratio_percent.size() * 3 / 4], budget_percent(group),
             median(row.floor_p50), median(row.floor_p99), median(row.store_p50), median(row.store_p99));
}

void bench_commits(const std::string& directory, int rounds, std::uint64_t warm_up, const Clock& clock) {
  PosixDisk disk(directory);
  Floor floor(disk, clock);
  Store store(disk, clock);
  store.fill(warm_up);  // several log lengths: segments are recycled from here on
  fmt::print("commits of 256-byte records, {} rounds; latencies p50/p99 in microseconds\n", rounds);
  fmt::print("{:>7} {:>10} {:>10} {:>8} {:>9} {:>8} {:>15} {:>15}\n", "group", "floor/s", "store/s", "ratio",
             "(quartiles)", "budget", "floor", "store");
  for (const std::uint64_t group : {1U, 16U, 256U}) {
    Row row;
    for (int i = 0; i < rounds; ++i) {
      const DrillFigures bare = floor.round(group);
      const DrillFigures ours = store.round(group, kRoundTime);
      row.ratio_percent.push_back(ours.per_second * 100 / std::max<std::int64_t>(1, bare.per_second));
      row.floor_per_s.push_back(bare.per_second);
      row.store_per_s.push_back(ours.per_second);
      row.floor_p50.push_back(bare.p50_us);
      row.store_p50.push_back(ours.p50_us);
      row.floor_p99.push_back(bare.p99_us);
      row.store_p99.push_back(ours.p99_us);
    }
    print_row(group, row);
  }
  store.close();
}

std::int64_t ms_to_read(Disk& disk, const Clock& clock) {
  std::vector<std::byte> chunk(std::size_t{4} << 20);
  const Instant begun = clock.now();
  const auto names = disk.list();
  if (!names.ok()) give_up(names.error());
  for (const std::string& name : *names) {
    if (!parse_segment_file(name)) continue;
    const auto file = disk.open(name, OpenFor::reading);
    if (!file.ok()) give_up(file.error());
    for (std::uint64_t at = 0;; at += chunk.size()) {
      const auto got = (*file)->read_at(at, chunk);
      if (!got.ok()) give_up(got.error());
      if (*got < chunk.size()) break;
    }
  }
  return std::max<std::int64_t>(1, to_ms(clock.now() - begun));
}

void bench_recovery(const std::string& directory, std::uint64_t records, const Clock& clock) {
  PosixDisk disk(directory);
  RecoverySettings settings;  // one log without a snapshot in between
  settings.options.close_segment_at = std::uint64_t{264} << 20;
  settings.options.log_hard_cap = std::uint64_t{1} << 30;
  Loop loop;
  {
    BytesFolding folding;
    LoopJobRunner writer(loop), helper(loop);
    StoreRecovery recovery(disk, folding, clock, settings);
    require(recovery.run());
    struct Wait final : StorageListener {
      Wait(Loop& its_loop, std::uint64_t records_in_all) : loop(its_loop), last(records_in_all) {}
      void on_durable(std::uint64_t seq) override {
        if (seq == last) loop.stop();
      }
      void on_store_failed(const Error& error) override { give_up(error); }
      void on_space(Space) override {}
      Loop& loop;
      std::uint64_t last;
    } wait(loop, records);
    StateStore store({disk, folding, clock, writer, helper, wait}, recovery);
    const std::vector<std::byte> record(kRecordBytes, std::byte{0x5a});
    for (std::uint64_t i = 0; i < records; ++i) store.submit(record);
    store.flush();
    loop.run();
  }
  BytesFolding folding;
  settings.mode = RecoveryMode::inspect;
  StoreRecovery recovery(disk, folding, clock, settings);
  const Instant begun = clock.now();
  const std::clock_t cpu_begun = std::clock();
  require(recovery.run());
  const std::int64_t took_ms = std::max<std::int64_t>(1, to_ms(clock.now() - begun));
  const auto cpu_ms = std::max<std::int64_t>(1, (std::clock() - cpu_begun) * 1000 / CLOCKS_PER_SEC);
  const auto log_mb = static_cast<std::int64_t>(records * (kRecordBytes + 4) / 1'000'000);
  const std::int64_t floor_ms = ms_to_read(disk, clock);
  fmt::print(
      "\nrecovery: {} records, {} MB of log in {} ms = {} MB/s (processor: {} ms = {} MB/s); budget 250 "
      "MB/s\n",
      recovery.report().records, log_mb, took_ms, log_mb * 1000 / took_ms, cpu_ms, log_mb * 1000 / cpu_ms);
  fmt::print("floor: reading the same bytes takes {} ms = {} MB/s\n", floor_ms, log_mb * 1000 / floor_ms);
}

int run(int argc, char** argv) {
  const std::string base = argc > 1 ? argv[1] : "bench_store.tmp";
  const bool smoke = argc > 2 && std::string_view(argv[2]) == "--smoke";
  const int rounds = smoke ? 1 : argc > 2 ? std::max(1, std::atoi(argv[2])) : 30;
  std::filesystem::create_directories(base + "/commits");
  std::filesystem::create_directories(base + "/recovery");
  const SystemClock clock;
  bench_commits(base + "/commits", rounds, smoke ? 1'000 : 300'000, clock);
  bench_recovery(base + "/recovery", smoke ? 10'000 : 1'000'000, clock);
  std::filesystem::remove_all(base + "/commits");
  std::filesystem::remove_all(base + "/recovery");
  return 0;
}

}  // namespace
}  // namespace s1mple

int main(int argc, char** argv) { return s1mple::run(argc, argv); }
