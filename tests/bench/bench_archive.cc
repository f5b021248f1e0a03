// What an archive of 1,000,000 fills costs: the start of an orchestrator's store, its memory, a look-up, an append.
//
// bench_archive DIRECTORY [--fills N] [--orders N] [--log-mib N]. Makes a store of the orchestrator's kind with open
// orders, through the real StateStore: each snapshot moves 20,000 fills and 10,000 orders to the archive. Then, each in a
// process of its own, the store is opened with and without the archive; look-ups are timed beside one bare pread of a
// page of the same file, the whole check beside reading it. With --log-mib the store gets a log of that length (the cap
// is raised for it), and is opened once more. Units as printed. The directory must not exist; it is removed at the end.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string_view>

#include "common/os/clock.h"
#include "common/os/loop.h"
#include "orchestrator/domain/books.h"
#include "orchestrator/domain/fact_codec.h"
#include "orchestrator/shell/store_files.h"
#include "orchestrator/state/archive_reader.h"
#include "orchestrator/state/snapshot_file.h"
#include "orchestrator/state/store_names.h"
#include "tests/bench/quantile.h"

namespace s1mple {
namespace {

constexpr std::uint64_t kFillsAtOnce = 20'000;
constexpr std::uint64_t kRecordsInFlight = 256;
const Symbol kSymbol("BTC/EUR");

template <class T>
T require(Result<T> result) {
  if (result.ok()) {
    if constexpr (std::is_void_v<T>)
      return;
    else
      return std::move(result).value();
  }
  std::fprintf(stderr, "bench_archive: %s\n", result.error().story.c_str());
  std::exit(1);
}

double now_us() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

Order order_of(std::uint64_t number) {
  Order order;
  order.intent.client_id = ClientId("sbnch1-" + std::to_string(number));
  order.intent.strategy = StrategyName("ladder");
  order.intent.symbol = kSymbol;
  order.intent.quantity = Quantity(Decimal::from_scaled(1, 2));
  order.intent.price = Price(Decimal::from_scaled(static_cast<std::int64_t>(300'000 - number % 9999), 1));
  order.intent.purpose = "level " + std::to_string(number) + " of the ladder";
  order.intent.created_at = from_unix_nanos(1'700'000'000'000'000'000);
  order.venue_id = VenueOrderId("OQCLML-BW3P3-" + std::to_string(number));
  order.stage = Stage::closed;
  order.outcome = Outcome::filled;
  order.filled = order.intent.quantity;
  return order;
}

Fill fill_of(std::uint64_t number) {
  const Order order = order_of(number / 2);
  Fill fill;
  fill.execution_id = ExecutionId("TZX2WP-XSEOP-" + std::to_string(number));
  fill.venue_id = order.venue_id;
  fill.client_id = order.intent.client_id;
  fill.strategy = order.intent.strategy;
  fill.symbol = kSymbol;
  fill.price = *order.intent.price;
  fill.quantity = Quantity(Decimal::from_scaled(5, 3));
  fill.fee = Money(Decimal::from_scaled(125, 3));
  fill.fee_asset = Asset("EUR");
  fill.time = order.intent.created_at;
  return fill;
}

// Fills [first, end) and half as many orders.
class Invented final : public ArchiveBatch {
 public:
  Invented(std::uint64_t first, std::uint64_t end) : first_(first), end_(end) {}
  [[nodiscard]] std::size_t size() const override { return static_cast<std::size_t>((end_ - first_) * 3 / 2); }
  [[nodiscard]] ArchiveEntry entry(std::size_t index) const override {
    const std::uint64_t fills = end_ - first_;
    if (index < fills) {
      const Fill fill = fill_of(first_ + index);
      return {{kExecutionKey + fill.execution_id.text()}, row_of(fill)};
    }
    const Order order = order_of(first_ / 2 + index - fills);
    return {{kClientKey + order.intent.client_id.text(), kVenueKey + order.venue_id.text()}, row_of(order)};
  }

 private:
  std::uint64_t first_, end_;
};

// Never done, so that the log goes on without it.
class NoEnd final : public SnapshotSlices {
 public:
  bool append_slice(std::string&) override { return true; }
};

// The orchestrator's books, out of which invented history leaves.
class Ageing final : public Folding {
 public:
  [[nodiscard]] std::string_view kind() const override { return "orchestrator"; }
  Result<void> apply(std::span<const std::byte> payload) override {
    return decode_facts(payload, [this](const Fact& fact) { return books_.apply(fact); });
  }
  Result<void> read_snapshot(const JsonValue& state, std::uint32_t) override { return books_.read_json(state); }
  Result<void> read_snapshot_text(std::string_view state, std::uint32_t) override { return books_.read_text(state); }
  void write_snapshot(JsonWriter& out) const override { books_.write_json(out); }
  [[nodiscard]] std::unique_ptr<SnapshotSlices> snapshot_slices() const override {
    return ends_ ? Folding::snapshot_slices() : std::make_unique<NoEnd>();
  }
  void end_no_snapshot() { ends_ = false; }
  [[nodiscard]] Eviction evict() override {
    const std::uint64_t first = std::exchange(next_, std::min(next_ + kFillsAtOnce, until_));
    if (first == next_) return {};
    return {std::make_shared<Invented>(first, next_), false};
  }
  void age_until(std::uint64_t fills) { until_ = fills; }

 private:
  Books books_;
  std::uint64_t next_ = 0, until_ = 0;
  bool ends_ = true;
};

struct Made {
  double append_ms = 0;  // the last snapshot with 20,000 fills, and one without any
  double snapshot_ms = 0;
};

class Maker {
 public:
  explicit Maker(const std::string& directory, const StoreOptions& options = {}) {
    RecoverySettings settings;
    settings.options = options;
    auto opened = require(StoreDirectory::open(directory, StoreDirectory::Missing::create));
    files_ = std::make_unique<StoreFiles>(loop_, std::move(opened), folding_, clock_, settings);
    while (!require(files_->recover())) {
    }
  }
  void place(std::uint64_t orders) {
    submit({IdentitySet{"paper", "paper", "paper", "bnch", {}}});
    for (std::uint64_t i = 0; i < orders; ++i) {
      const OrderIntent intent = order_of(1'000'000'000 + i).intent;
      submit({OrderIntended{intent}, OrderAccepted{intent.client_id, order_of(1'000'000'000 + i).venue_id,
                                                   intent.created_at, Provenance::answered}});
      if (i % kRecordsInFlight == 0) wait_for_disk();
    }
  }
  // Records that replace each other, so that the log grows and the state does not.
  void lengthen_log(std::uint64_t bytes) {
    folding_.end_no_snapshot();
    for (std::uint64_t written = 0, i = 0; written < bytes; ++i) {
      submit({StrategySaved{StrategyName("ladder"), "{\"number\":" + std::to_string(i) + std::string(180, ' ') + "}", {}}});
      written += encoded_.size();
      if (i % kRecordsInFlight == 0) wait_for_disk();
    }
    wait_for_disk();
  }
  double snapshot() {
    const double begun = now_us();
    submit({BalanceSet{Asset("EUR"), Money(Decimal::from_int(++rounds_)), clock_.wall(), Provenance::adopted}});
    wait_for_disk();
    const std::uint64_t wanted = files_->store().last_seq();
    files_->store().request_snapshot();
    while (files_->store().status().snapshot_seq < wanted) loop_.run_once(true);
    return (now_us() - begun) / 1e3;
  }
  Made age(std::uint64_t fills) {
    Made made;
    made.snapshot_ms = snapshot();
    folding_.age_until(fills);
    for (std::uint64_t done = 0; done < fills; done += kFillsAtOnce) made.append_ms = snapshot();
    return made;
  }
  void close() {
    files_->store().close([this](Result<void> closed) {
      require(std::move(closed));
      loop_.stop();
    });
    loop_.run();
  }

 private:
  void submit(const Record& record) {
    encoded_.clear();
    encode(record, encoded_);
    const auto bytes = std::as_bytes(std::span(encoded_));
    require(folding_.apply(bytes));
    files_->store().submit(bytes);
  }
  void wait_for_disk() {
    StateStore& store = files_->store();
    for (store.flush(); store.durable_seq() < store.last_seq(); store.flush()) loop_.run_once(true);
  }
  SystemClock clock_;
  Loop loop_;
  Ageing folding_;
  std::unique_ptr<StoreFiles> files_;
  std::string encoded_;
  std::int64_t rounds_ = 0;
};

// In a process of its own: milliseconds until the store is open, and the most memory that it took, in MiB.
struct Start {
  double ms = 0, mib = 0;
  std::uint64_t records = 0;
};
Start start_of(const std::string& directory) {
  int ends[2];
  if (::pipe(ends) != 0) std::exit(1);
  const pid_t child = ::fork();
  if (child == 0) {
    Start start;
    const double begun = now_us();
    PosixDisk disk(directory);
    SystemClock clock;
    Ageing folding;
    StoreRecovery recovery(disk, folding, clock, RecoverySettings());
    require(recovery.run());
    start.ms = (now_us() - begun) / 1e3;
    start.records = recovery.report().records;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    start.mib = static_cast<double>(usage.ru_maxrss) / 1024;
    if (::write(ends[1], &start, sizeof start) != sizeof start) ::_exit(1);
    ::_exit(0);
  }
  ::close(ends[1]);
  Start start;
  if (::read(ends[0], &start, sizeof start) != sizeof start) std::exit(1);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return start;
}

struct Spread {
  double p50 = 0, p99 = 0;
};
template <class Work>
Spread spread_of(std::size_t times, Work&& work) {
  std::vector<double> took;
  for (std::size_t i = 0; i < times; ++i) {
    const double begun = now_us();
    work(i);
    took.push_back(now_us() - begun);
  }
  return {quantile(took, 0.5), quantile(took, 0.99)};
}

void print(const char* what, Spread ours, Spread floor) {
  std::printf("%-58s %8.1f us p50 %8.1f us p99   floor %6.1f us (%.1f x)\n", what, ours.p50, ours.p99, floor.p50,
              ours.p50 / floor.p50);
}

void look_ups(PosixDisk& disk, const ArchiveRef& ref, std::uint64_t fills) {
  auto reader = require(ArchiveReader::open(disk, ref));
  std::printf("archive: %llu MiB, %llu fills, %llu orders, %zu runs of index\n",
              static_cast<unsigned long long>(ref.bytes >> 20),
              static_cast<unsigned long long>(reader.directory().fills),
              static_cast<unsigned long long>(reader.directory().orders), reader.directory().runs.size());
  const std::size_t times = 20'000;
  const auto scattered = [](std::size_t i) { return i * 2'654'435'761ULL; };
  auto file = require(disk.open(ref.file, OpenFor::reading));
  std::vector<std::byte> page(kArchivePageBytes);
  const Spread floor = spread_of(times, [&](std::size_t i) {
    const std::uint64_t at = scattered(i) % (ref.bytes / kArchivePageBytes) * kArchivePageBytes;
    require(file->read_at(at, page));
  });
  print("look-up of a fill that is there", spread_of(times, [&](std::size_t i) {
          const auto found = require(reader.find(kExecutionKey + fill_of(scattered(i) % fills).execution_id.text()));
          if (!found) std::exit(2);
        }), floor);
  print("look-up of an order that is there, by its client id", spread_of(times, [&](std::size_t i) {
          const auto id = order_of(scattered(i) % (fills / 2)).intent.client_id;
          if (!require(reader.find(kClientKey + id.text()))) std::exit(2);
        }), floor);
  print("look-up of a new fill, which is not there", spread_of(times, [&](std::size_t i) {
          if (require(reader.find("eTNEW22-" + std::to_string(i)))) std::exit(2);
        }), floor);
}

void whole_check(PosixDisk& disk, const ArchiveRef& ref) {
  double begun = now_us();
  ArchiveCheck check(disk, ref);
  while (!require(check.step())) {
  }
  const double checked = now_us() - begun;
  begun = now_us();
  auto file = require(disk.open(ref.file, OpenFor::reading));
  std::vector<std::byte> slice(ArchiveCheck::kSliceBytes);
  for (std::uint64_t at = 0; at < ref.bytes; at += slice.size()) require(file->read_at(at, slice));
  const double read = now_us() - begun;
  const double mb = static_cast<double>(ref.bytes) / 1e6;
  std::printf("%-58s %8.0f MB/s, %.0f ms          floor %6.0f MB/s (reading)\n", "check of every byte, in the background",
              mb / checked * 1e6, checked / 1e3, mb / read * 1e6);
}

double ms_of_reading(const std::string& directory) {
  PosixDisk disk(directory);
  std::vector<std::byte> slice(std::size_t{1} << 20);
  const double begun = now_us();
  for (const std::string& name : require(disk.list())) {
    if (!name.ends_with(".wal")) continue;
    auto file = require(disk.open(name, OpenFor::reading));
    const std::uint64_t size = std::filesystem::file_size(directory + "/" + name);
    for (std::uint64_t at = 0; at < size; at += slice.size()) require(file->read_at(at, slice));
  }
  return (now_us() - begun) / 1e3;
}

void long_log(const std::string& store, std::uint64_t mib) {
  StoreOptions options;
  options.log_hard_cap = mib << 22;
  Maker(store, options).lengthen_log(mib << 20);
  const Start start = start_of(store);
  const double read = ms_of_reading(store);
  const double mb = static_cast<double>(mib << 20) / 1e6;
  std::printf("the same with %8llu records in %5.0f MB of log %8.1f ms %8.1f MiB   %.0f MB/s, floor %.0f ms (reading)\n",
              static_cast<unsigned long long>(start.records), mb, start.ms, start.mib, mb / start.ms * 1e3, read);
}

struct Sizes {
  std::uint64_t fills = 1'000'000, orders = 10'000, log_mib = 0;
};

int run(const std::string& directory, const Sizes& sizes) {
  const std::uint64_t fills = sizes.fills, orders = sizes.orders;
  std::filesystem::create_directories(directory);
  const std::string with = directory + "/with", without = directory + "/without";
  for (const std::string& store : {without, with}) {
    Maker maker(store);
    maker.place(orders);
    const Made made = maker.age(store == with ? fills : 0);
    maker.close();
    if (store == with)
      std::printf("a snapshot with 20,000 fills and 10,000 orders for the archive %.0f ms; without any %.0f ms\n",
                  made.append_ms, made.snapshot_ms);
  }
  const auto starts = [&](const std::string& store) {
    Start best = start_of(store);
    for (int i = 0; i < 6; ++i) {
      const Start next = start_of(store);
      best = {std::min(best.ms, next.ms), std::max(best.mib, next.mib)};
    }
    return best;
  };
  const Start bare = starts(without), archived = starts(with);
  std::printf("start with %llu open orders                        %8.1f ms %8.1f MiB\n",
              static_cast<unsigned long long>(orders), bare.ms, bare.mib);
  std::printf("the same with %8llu fills in the archive       %8.1f ms %8.1f MiB\n",
              static_cast<unsigned long long>(fills), archived.ms, archived.mib);
  if (sizes.log_mib > 0) long_log(with, sizes.log_mib);
  PosixDisk disk(with);
  const ArchiveRef ref = require(read_snapshot_header(disk, kStateFile)).archives.at(0);
  look_ups(disk, ref, fills);
  whole_check(disk, ref);
  std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace
}  // namespace s1mple

int main(int argc, char** argv) {
  s1mple::Sizes sizes;
  if (argc < 2 || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: bench_archive NEW_DIRECTORY [--fills N] [--orders N] [--log-mib N]\n");
    return 64;
  }
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    const std::uint64_t number = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--fills") sizes.fills = number;
    if (option == "--orders") sizes.orders = number;
    if (option == "--log-mib") sizes.log_mib = number;
  }
  return s1mple::run(argv[1], sizes);
}
