// From the kill of an orchestrator with 10,000 open paper orders until it is reconciled and trades again.
//
// bench_recovery SUPERVISOR [--orders N] [--log-mib N] [--kills N]. The home is made by recovery_home.h. First
// the parts of a start are timed in this process, each beside its floor: reading the same bytes, RapidJSON's
// bare parse of the same snapshot, starting a program. Then the real supervisor runs the real orchestrator on
// that home, and each kill is timed on control.sock: the notification of the start, "running" (reconciled) and
// trading "active". Units: milliseconds; "cpu" is the processor time of this thread, which a busy machine does
// not change much.
#include <rapidjson/reader.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>

#include "common/os/clock.h"
#include "orchestrator/environment/books_folding.h"
#include "orchestrator/environment/paper_world.h"
#include "orchestrator/shell/posix_disk.h"
#include "orchestrator/shell/text_file.h"
#include "orchestrator/state/memory_storage.h"
#include "orchestrator/state/recovery.h"
#include "orchestrator/state/snapshot_file.h"
#include "orchestrator/state/store_names.h"
#include "orchestrator/venue/paper/paper_folding.h"
#include "tests/bench/quantile.h"
#include "tests/bench/recovery_home.h"

namespace s1mple {
namespace {

constexpr const char* kConfig = R"(
[orchestrator]
environment = "paper"
data = "synthetic"
[[strategy]]
name = "trend"
kind = "ema_cross"
symbol = "BTC/EUR"
[[instrument]]
symbol = "BTC/EUR"
price_step = "0.1"
quantity_step = "0.00000001"
cost_digits = 5
[paper]
balances = { EUR = "1000000000", BTC = "100000" }
)";

[[noreturn]] void give_up(const std::string& story) {
  std::fprintf(stderr, "bench_recovery: %s\n", story.c_str());
  std::exit(1);
}

double clock_ms(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Cost {
  std::vector<double> wall, cpu;
  template <class Work>
  auto measure(Work&& work) {
    struct Stop {
      Cost& cost;
      double wall = clock_ms(CLOCK_MONOTONIC), cpu = clock_ms(CLOCK_THREAD_CPUTIME_ID);
      ~Stop() {
        cost.wall.push_back(clock_ms(CLOCK_MONOTONIC) - wall);
        cost.cpu.push_back(clock_ms(CLOCK_THREAD_CPUTIME_ID) - cpu);
      }
    } stop{*this};
    return work();
  }
};

void print(const std::string& what, const Cost& cost, const char* note = "") {
  std::printf("  %-58s %8.1f ms  (cpu %.1f, best %.1f)%s\n", what.c_str(), median(cost.wall),
              median(cost.cpu), *std::min_element(cost.wall.begin(), cost.wall.end()), note);
}

// ---- the whole: real programs

class Supervised {
 public:
  Supervised(const std::string& supervisor, const std::string& home) : socket_path_(home + "/control.sock") {
    const std::string config = home + "/config.toml";
    pid_ = ::fork();
    if (pid_ != 0) return;
    if (std::freopen((home + "/log").c_str(), "w", stderr) == nullptr) ::_exit(126);
    ::execl(supervisor.c_str(), supervisor.c_str(), "run", "--config", config.c_str(), "--home", home.c_str(),
            nullptr);
    ::_exit(127);
  }
  ~Supervised() {
    if (lines_ != nullptr) std::fclose(lines_);
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  Supervised(const Supervised&) = delete;
  Supervised& operator=(const Supervised&) = delete;

  void wait_until_it_trades() {
    for (int tries = 0; tries < 3000; ++tries) {
      ::usleep(20'000);
      if (lines_ == nullptr && !connect()) continue;
      ask("status");
      if (read_line().find(R"("trading":"active")") != std::string::npos) return;
    }
    give_up("it never came to trade");
  }
  void subscribe() { ask("subscribe"); }
  // Milliseconds from the kill to each of the notifications.
  std::map<std::string, double> kill_orchestrator() {
    const std::string children =
        "/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/children";
    int orchestrator = 0;
    std::ifstream(children) >> orchestrator;
    if (orchestrator <= 0) give_up("there is no orchestrator to kill");
    std::map<std::string, double> after;
    const double killed = clock_ms(CLOCK_MONOTONIC);
    ::kill(orchestrator, SIGKILL);
    for (bool died = false; !after.contains("trading");) {
      const std::string line = read_line();
      const double now = clock_ms(CLOCK_MONOTONIC) - killed;
      if (line.find(R"("kind":"death")") != std::string::npos) died = true;
      if (!died) continue;
      if (line.find(R"("kind":"start")") != std::string::npos) after["started"] = now;
      if (line.find(R"("kind":"phase")") != std::string::npos && line.find("running") != std::string::npos)
        after["reconciled"] = now;
      if (line.find(R"("trading":"active")") != std::string::npos) after["trading"] = now;
    }
    return after;
  }

 private:
  bool connect() {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path_.c_str());
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ::close(fd);
      return false;
    }
    lines_ = ::fdopen(fd, "r");
    return true;
  }
  void ask(const std::string& method) {
    const std::string line = R"({"jsonrpc":"2.0","id":1,"method":")" + method + "\"}\n";
    if (::send(::fileno(lines_), line.data(), line.size(), MSG_NOSIGNAL) < 0)
      give_up("the supervisor is gone");
  }
  std::string read_line() {
    std::string line;
    for (int next = std::fgetc(lines_); next != '\n'; next = std::fgetc(lines_)) {
      if (next == EOF) give_up("the supervisor is gone");
      line += static_cast<char>(next);
    }
    return line;
  }

  std::string socket_path_;
  pid_t pid_ = 0;
  std::FILE* lines_ = nullptr;
};

void bench_kills(const std::string& supervisor, const std::string& home, int kills) {
  Supervised system(supervisor, home);
  system.wait_until_it_trades();
  system.subscribe();
  std::map<std::string, std::vector<double>> after;
  for (int i = 0; i < kills; ++i) {
    ::sleep(3);  // of trading with durable effects, so that the death does not count
    for (const auto& [what, ms] : system.kill_orchestrator()) after[what].push_back(ms);
  }
  std::printf("killed %d times under the supervisor, ms after the kill, median (best .. worst):\n", kills);
  for (const char* what : {"started", "reconciled", "trading"}) {
    const auto& all = after[what];
    if (all.empty()) continue;
    std::printf("  %-58s %8.1f ms  (%.1f .. %.1f)%s\n", what, median(all),
                *std::min_element(all.begin(), all.end()), *std::max_element(all.begin(), all.end()),
                std::string(what) == "trading" ? "  budget 100" : "");
  }
}

// ---- the parts, in this process

std::string read_whole(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) give_up("cannot read " + path);
  std::string bytes(std::filesystem::file_size(path), '\0');
  if (std::fread(bytes.data(), 1, bytes.size(), file) != bytes.size()) give_up("cannot read " + path);
  std::fclose(file);
  return bytes;
}

struct BareHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, BareHandler> {};

struct Store {
  std::string name, path;
  Cost read, bare_parse, survey, snapshot, log, slices;
  std::size_t snapshot_bytes = 0, segment_bytes = 0;
  std::uint64_t records = 0;
};

template <class State, class Fold>
void measure_store(Store& store, State& state) {
  PosixDisk disk(store.path);
  const auto header = read_snapshot_header(disk, kStateFile);
  if (!header.ok()) give_up(header.error().story);
  std::string snapshot;
  store.read.measure([&] {
    snapshot = read_whole(store.path + "/" + std::string(kStateFile));
    store.snapshot_bytes = snapshot.size();
    store.segment_bytes = read_whole(store.path + "/" + segment_file(header->segment_name)).size();
  });
  const std::string body = snapshot.substr(kSnapshotHeaderBytes, header->body_bytes);
  store.bare_parse.measure([&] {
    constexpr unsigned kFlags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;
    BareHandler handler;
    rapidjson::Reader reader;
    rapidjson::StringStream stream(body.c_str());
    if (reader.Parse<kFlags>(stream, handler).IsError()) give_up("the snapshot is no JSON");
  });
  const SystemClock clock;
  Fold folding(state);
  RecoverySettings settings;
  settings.mode = RecoveryMode::inspect;
  StoreRecovery recovery(disk, folding, clock, settings);
  const auto step = [&] {
    const auto done = recovery.step();
    if (!done.ok()) give_up(done.error().story);
    return *done;
  };
  store.survey.measure(step);
  while (recovery.progress().phase == "snapshot" && recovery.progress().done == 0)
    store.snapshot.measure(step);
  store.log.measure([&] {
    while (!step()) {
    }
  });
  store.records = recovery.report().records;

  std::unique_ptr<SnapshotSlices> slices;
  std::string text;
  for (bool more = true; more; text.clear())
    more = store.slices.measure([&] {
      if (!slices) slices = folding.snapshot_slices();
      return slices->append_slice(text);
    });
}

void print_store(const Store& store) {
  std::printf("store %s: snapshot %.1f MB, segment %.1f MB, %llu records\n", store.name.c_str(),
              static_cast<double>(store.snapshot_bytes) / 1e6, static_cast<double>(store.segment_bytes) / 1e6,
              static_cast<unsigned long long>(store.records));
  print("floor: read the same bytes", store.read);
  print("floor: RapidJSON's bare parse of the snapshot", store.bare_parse);
  print("ours: survey, read and check the snapshot", store.survey);
  print("ours: parse the snapshot into books", store.snapshot);
  print("ours: read, check and apply the log", store.log);
  print("ours: a snapshot's slice, the loop's part of it", store.slices);
  std::printf("  %-58s %8.1f ms  (cpu %.1f)  budget 5\n", "the longest of these slices",
              *std::max_element(store.slices.wall.begin(), store.slices.wall.end()),
              *std::max_element(store.slices.cpu.begin(), store.slices.cpu.end()));
}

class Quiet final : public RuntimeOutlet {
 public:
  void perform(const Action& action) override {
    if (const auto* note = std::get_if<Publish>(&action))
      trades_ = trades_ || note->json.find(R"("trading":"active")") != std::string::npos;
  }
  [[nodiscard]] bool trades() const { return trades_; }

 private:
  bool trades_ = false;
};

struct WorldCost {
  Cost make, start, rounds;
};

// What follows on recovered books, without a disk: opening, the engine's start, and the reads until trading
// is active.
void measure_world(WorldCost& cost, const Configuration& configuration, Books& books,
                   PaperBooks& exchange_books) {
  const SystemClock machine;
  const SteadyWallClock clock(machine);
  MemoryStorage books_store, exchange_store;
  Quiet outlet;
  std::unique_ptr<PaperWorld> world;
  Random random(1);
  cost.make.measure([&] {
    auto made = PaperWorld::make({configuration, books, exchange_books, books_store, exchange_store, clock,
                                  outlet, open_text_file, nullptr, 1'000, 1});
    if (!made.ok()) give_up(made.error().story);
    world = std::move(*made);
    books_store.set_listener(&world->runtime());
    exchange_store.set_listener(&world->environment());
    if (auto opened = world->open(random); !opened.ok()) give_up(opened.error().story);
    while (!*world->catch_up()) {
    }
  });
  StartInfo info;
  info.epoch = 1'000;
  info.mode = StartMode::recovery;
  info.cause = "signal";
  info.environment = info.venue = info.account = "paper";
  cost.start.measure([&] { world->start(info); });
  cost.rounds.measure([&] {
    while (!outlet.trades()) world->runtime().poll();
  });
}

void measure_start(Cost& cost, const std::string& orchestrator, const std::string& config) {
  cost.measure([&] {
    const pid_t pid = ::fork();
    if (pid == 0) {
      if (std::freopen("/dev/null", "w", stdout) == nullptr) ::_exit(126);
      ::execl(orchestrator.c_str(), orchestrator.c_str(), "check-config", config.c_str(), nullptr);
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (status != 0) give_up("the configuration is refused");
  });
}

void bench_parts(const std::string& home, const std::string& orchestrator, const Configuration& configuration,
                 int rounds) {
  Store books_store{"state", home + "/state", {}, {}, {}, {}, {}, {}, 0, 0, 0};
  Store exchange_store{"state/paper", home + "/state/paper", {}, {}, {}, {}, {}, {}, 0, 0, 0};
  WorldCost world;
  Cost program;
  std::size_t open = 0;
  for (int i = 0; i < rounds; ++i) {
    Books books;
    PaperBooks exchange_books;
    measure_start(program, orchestrator, home + "/config.toml");
    measure_store<Books, BooksFolding>(books_store, books);
    measure_store<PaperBooks, PaperFolding>(exchange_store, exchange_books);
    open = books.orders().working().size();
    measure_world(world, configuration, books, exchange_books);
  }
  std::printf("the parts in this process, median of %d; %zu orders are open\n", rounds, open);
  print("start of the program: orchestrator check-config", program);
  print_store(books_store);
  print_store(exchange_store);
  std::printf("on recovered books\n");
  print("ours: put the world together, catch up with the market", world.make);
  print("ours: the engine's start", world.start);
  print("ours: read the exchange, reconcile, until trading is active", world.rounds);
}

int run(int argc, char** argv) {
  if (argc < 2) give_up("usage: bench_recovery SUPERVISOR [--orders N] [--log-mib N] [--kills N]");
  const std::string supervisor = std::filesystem::absolute(argv[1]);
  const std::string orchestrator = std::filesystem::path(supervisor).parent_path() / "orchestrator";
  HomeSize size;
  int kills = 5;
  for (int at = 2; at + 1 < argc; at += 2) {
    if (std::strcmp(argv[at], "--orders") == 0) size.open_orders = std::atoi(argv[at + 1]);
    if (std::strcmp(argv[at], "--log-mib") == 0)
      size.log_bytes = std::strtoull(argv[at + 1], nullptr, 10) << 20;
    if (std::strcmp(argv[at], "--kills") == 0) kills = std::atoi(argv[at + 1]);
  }
  char home[] = "/tmp/s1mple-bench-XXXXXX";
  if (::mkdtemp(home) == nullptr) give_up("no room in /tmp");
  std::ofstream(std::string(home) + "/config.toml") << kConfig;
  const auto configuration = read_configuration(kConfig, "config.toml");
  if (!configuration.ok()) give_up(configuration.error().story);
  make_home(home, *configuration, size);
  bench_parts(home, orchestrator, *configuration, std::max(1, kills));
  std::fflush(stdout);
  if (kills > 0) bench_kills(supervisor, home, kills);
  std::filesystem::remove_all(home);
  return 0;
}

}  // namespace
}  // namespace s1mple

int main(int argc, char** argv) { return s1mple::run(argc, argv); }
