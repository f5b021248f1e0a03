// bench_store: the store against the floor of the disk and its peers (DESIGN section 11), in one process.
//
//   bench_store [directory] [rounds | --smoke]
// Commits: closed loops (store_contenders.h) at 1, 16 and 256 records of 256 bytes, the contenders in turn each round;
// the figure is the median of the rounds' ratios to the floor. Snapshots of three sizes beside the bare protocol of the
// same bytes, and what commits take while one is written. Recovery: a log of a million records, beside reading the same
// bytes. Figures need a quiet machine.
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
#include "tests/bench/store_contenders.h"

namespace s1mple {
namespace {

constexpr Nanos kRoundTime = 150ms;
constexpr std::uint64_t kFloorFileBytes = std::uint64_t{16} << 20;

void require(const Result<void>& done) {
  if (!done.ok()) give_up(done.error().story);
}

// A state of so many bytes, handed out in slices.
class FillerSlices final : public SnapshotSlices {
 public:
  FillerSlices(std::uint64_t records, std::size_t bytes) : records_(records), left_(bytes) {}
  bool append_slice(std::string& out) override {
    if (!begun_) out += "{\"records\":" + std::to_string(records_) + ",\"filler\":\"";
    begun_ = true;
    const std::size_t now = std::min(left_, kSlice);
    out.append(now, 'x');
    left_ -= now;
    if (left_ == 0) out += "\"}";
    return left_ > 0;
  }

 private:
  static constexpr std::size_t kSlice = std::size_t{256} << 10;
  std::uint64_t records_;
  std::size_t left_;
  bool begun_ = false;
};

// The payloads do not matter here, only their number; the snapshot is as large as it is told to be.
class BytesFolding final : public Folding {
 public:
  std::size_t snapshot_bytes = 0;

  [[nodiscard]] std::string_view kind() const override { return "bench"; }
  Result<void> apply(std::span<const std::byte>) override { return ++records_, Result<void>(); }
  Result<void> read_snapshot(const JsonValue& state, std::uint32_t) override {
    records_ = state.uint_at("records").value();
    return {};
  }
  void write_snapshot(JsonWriter& out) const override { out.begin_object().number("records", records_).end_object(); }
  [[nodiscard]] std::unique_ptr<SnapshotSlices> snapshot_slices() const override {
    return std::make_unique<FillerSlices>(records_, snapshot_bytes);
  }

 private:
  std::uint64_t records_ = 0;
};

class Floor final : public BlockingContender {
 public:
  Floor(PosixDisk& disk, const Clock& clock)
      : BlockingContender(clock), file_(disk.open("floor.tmp", OpenFor::creating).value()) {
    require(file_->write_at(0, std::vector<std::byte>(kFloorFileBytes)));
    require(file_->sync());
  }
  [[nodiscard]] std::string name() const override { return "write + fdatasync"; }

 private:
  void commit(std::uint64_t group) override {
    bytes_.resize(group * kBenchRecordBytes, std::byte{0x5a});
    if (at_ + bytes_.size() > kFloorFileBytes) at_ = 0;
    require(file_->write_at(at_, bytes_));
    require(file_->sync());
    at_ += bytes_.size();
  }
  std::unique_ptr<DiskFile> file_;
  std::vector<std::byte> bytes_;
  std::uint64_t at_ = 0;
};

class Store final : public Contender, public StorageListener {
 public:
  Store(PosixDisk& disk, const Clock& clock) : clock_(clock), writer_(loop_, Worker::Haste::hasty), helper_(loop_) {
    StoreRecovery recovery(disk, folding_, clock, {});
    require(recovery.run());
    store_ = std::make_unique<StateStore>(StateStore::Parts{disk, folding_, clock, writer_, helper_, *this}, recovery);
  }
  [[nodiscard]] std::string name() const override { return "ours"; }
  DrillFigures round(std::uint64_t group, Nanos time) override {
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
  // Until a snapshot of so many bytes was read back and named.
  Nanos snapshot(std::size_t bytes) {
    round(1, Nanos(0));
    begin_snapshot(bytes);
    const Instant begun = clock_.now();
    while (is_in_snapshot()) loop_.run_once(true);
    return clock_.now() - begun;
  }
  void begin_snapshot(std::size_t bytes) {
    folding_.snapshot_bytes = bytes;
    wanted_ = store_->last_seq();
    store_->request_snapshot();
  }
  [[nodiscard]] bool is_in_snapshot() const { return store_->status().snapshot_seq < wanted_; }
  void close() {
    folding_.snapshot_bytes = 0;
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
  void on_store_failed(const Error& error) override { give_up(error.story); }
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
  std::vector<std::byte> record_ = std::vector<std::byte>(kBenchRecordBytes, std::byte{0x5a});
  std::vector<Nanos> latencies_;
  std::uint64_t group_ = 1;
  std::uint64_t wanted_ = 0;
  Instant last_, until_;
};

// ---- commits

struct Row {
  std::vector<std::int64_t> ratio_percent, per_second, p50, p99;
};

// DESIGN section 11.
int budget_percent(std::uint64_t group) { return group == 1 ? 93 : 95; }

void print_row(const Contender& contender, const Row& row) {
  fmt::print("  {:<18} {:>9} {:>6}%  ({}..{}) {:>9} {:>7}\n", contender.name(), median(row.per_second),
             median(row.ratio_percent), quantile(row.ratio_percent, 0.25), quantile(row.ratio_percent, 0.75),
             median(row.p50), median(row.p99));
}

std::vector<std::unique_ptr<Contender>> make_peers(const std::string& directory, const Clock& clock) {
  std::vector<std::unique_ptr<Contender>> peers;
  const auto add = [&](std::unique_ptr<Contender> peer, const char* package) {
    if (peer) peers.push_back(std::move(peer));
    else fmt::print("skipped: a peer, because {} was not there when this was built\n", package);
  };
  add(make_sqlite(directory + "/sqlite", clock), "libsqlite3-dev");
  add(make_lmdb(directory + "/lmdb", clock), "liblmdb-dev");
  add(make_leveldb(directory + "/leveldb", clock), "libleveldb-dev");
  add(make_rocksdb(directory + "/rocksdb", clock), "librocksdb-dev");
  return peers;
}

void bench_commits(Store& store, Floor& floor, const std::vector<std::unique_ptr<Contender>>& peers, int rounds) {
  std::vector<Contender*> all{&floor, &store};
  for (const auto& peer : peers) all.push_back(peer.get());
  fmt::print("commits of 256-byte records, medians of {} rounds; ratio to the floor of the same round\n", rounds);
  fmt::print("  {:<18} {:>9} {:>7}  {} {:>9} {:>7}\n", "", "commits/s", "ratio", "(quartiles)", "p50 us", "p99 us");
  for (const std::uint64_t group : {1U, 16U, 256U}) {
    std::vector<Row> rows(all.size());
    for (int i = 0; i < rounds; ++i) {
      std::int64_t bare = 1;
      for (std::size_t one = 0; one < all.size(); ++one) {
        const DrillFigures figures = all[one]->round(group, kRoundTime);
        if (one == 0) bare = std::max<std::int64_t>(1, figures.per_second);
        rows[one].ratio_percent.push_back(figures.per_second * 100 / bare);
        rows[one].per_second.push_back(figures.per_second);
        rows[one].p50.push_back(figures.p50_us);
        rows[one].p99.push_back(figures.p99_us);
      }
    }
    fmt::print("groups of {}; budget {}%\n", group, budget_percent(group));
    for (std::size_t one = 0; one < all.size(); ++one) print_row(*all[one], rows[one]);
  }
}

// ---- snapshots

// What publishing so many bytes takes at least: write, sync, keep the one before, rename, sync the directory.
Nanos bare_snapshot(PosixDisk& disk, std::size_t bytes, const Clock& clock) {
  const std::vector<std::byte> body(bytes, std::byte{'x'});
  const Instant begun = clock.now();
  const auto file = disk.open("bare.tmp", OpenFor::creating).value();
  require(file->write_at(0, body));
  require(file->sync());
  (void)disk.remove("bare.before").ok();
  if (const auto names = disk.list(); names.ok() && std::ranges::find(*names, "bare.json") != names->end())
    require(disk.link("bare.json", "bare.before"));
  require(disk.rename("bare.tmp", "bare.json"));
  require(disk.sync_directory());
  return clock.now() - begun;
}

void bench_snapshots(Store& store, PosixDisk& disk, int rounds, const Clock& clock) {
  fmt::print("\nsnapshots, medians of {}: asked until it was read back and named, beside the bare protocol\n", rounds);
  for (const std::size_t kib : {64U, 1024U, 10U * 1024U}) {
    std::vector<std::int64_t> bare, ours;
    for (int i = 0; i < rounds; ++i) {
      bare.push_back(bare_snapshot(disk, kib << 10, clock).count() / 1000);
      ours.push_back(store.snapshot(kib << 10).count() / 1000);
    }
    fmt::print("  {:>6} KiB: ours {:>7} us, bare {:>7} us\n", kib, median(ours), median(bare));
  }
  std::vector<std::int64_t> alone50, alone99, beside50, beside99;
  for (int i = 0; i < rounds; ++i) {
    const DrillFigures alone = store.round(1, kRoundTime);
    store.begin_snapshot(std::size_t{10} << 20);
    const DrillFigures beside = store.round(1, kRoundTime);
    while (store.is_in_snapshot()) store.round(1, kRoundTime);
    alone50.push_back(alone.p50_us), alone99.push_back(alone.p99_us);
    beside50.push_back(beside.p50_us), beside99.push_back(beside.p99_us);
  }
  fmt::print("  a commit takes {} us (p99 {}), and {} us (p99 {}) beside a snapshot of 10 MiB\n", median(alone50),
             median(alone99), median(beside50), median(beside99));
}

// ---- recovery

std::int64_t ms_to_read(Disk& disk, const Clock& clock) {
  std::vector<std::byte> chunk(std::size_t{4} << 20);
  const Instant begun = clock.now();
  const auto names = disk.list();
  if (!names.ok()) give_up(names.error().story);
  for (const std::string& name : *names) {
    if (!parse_segment_file(name)) continue;
    const auto file = disk.open(name, OpenFor::reading);
    if (!file.ok()) give_up(file.error().story);
    for (std::uint64_t at = 0;; at += chunk.size()) {
      const auto got = (*file)->read_at(at, chunk);
      if (!got.ok()) give_up(got.error().story);
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
    LoopJobRunner writer(loop, Worker::Haste::hasty), helper(loop);
    StoreRecovery recovery(disk, folding, clock, settings);
    require(recovery.run());
    struct Wait final : StorageListener {
      Wait(Loop& its_loop, std::uint64_t records_in_all) : loop(its_loop), last(records_in_all) {}
      void on_durable(std::uint64_t seq) override {
        if (seq == last) loop.stop();
      }
      void on_store_failed(const Error& error) override { give_up(error.story); }
      void on_space(Space) override {}
      Loop& loop;
      std::uint64_t last;
    } wait(loop, records);
    StateStore store({disk, folding, clock, writer, helper, wait}, recovery);
    const std::vector<std::byte> record(kBenchRecordBytes, std::byte{0x5a});
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
  const auto log_mb = static_cast<std::int64_t>(records * (kBenchRecordBytes + 4) / 1'000'000);
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
  {
    PosixDisk disk(base + "/commits");
    Floor floor(disk, clock);
    Store store(disk, clock);
    store.fill(smoke ? 1'000 : 300'000);  // several log lengths: segments are recycled from here on
    bench_commits(store, floor, make_peers(base + "/peers", clock), rounds);
    bench_snapshots(store, disk, rounds, clock);
    store.close();
  }
  bench_recovery(base + "/recovery", smoke ? 10'000 : 1'000'000, clock);
  std::filesystem::remove_all(base + "/commits");
  std::filesystem::remove_all(base + "/peers");
  std::filesystem::remove_all(base + "/recovery");
  return 0;
}

}  // namespace
}  // namespace s1mple

int main(int argc, char** argv) { return s1mple::run(argc, argv); }
