// How long from the death of a child to the first instruction of the next: our supervisor beside a bare loop.
//
// bench_restart SUPERVISOR [--rounds N] [--rest SECONDS]. The same program is killed under both in turns;
// it is this one: as `run` it stamps the clock in the first line of main and answers the link, as
// `check-config` it agrees (and as `bare` and `loop` it serves bench_supervisors.py). The floor is waitpid, fork, exec and nothing else. Then the supervisor runs the
// real orchestrator beside it, trading on paper as deploy/paper.toml does; its memory (PSS,
// /proc/PID/smaps_rollup) and processor time at rest are read, beside a bare loop that asks as often. Units: microseconds, KiB, percent of one core.
// Output: a line of JSON for each.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "common/contract/link.h"
#include "common/contract/version.h"
#include "tests/bench/quantile.h"

namespace {

using namespace s1mple;

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

// ---- the child

void say(const link::ToSupervisor& message) {
  const std::string text = link::encode(message);
  (void)::send(kLinkDescriptor, text.data(), text.size(), MSG_NOSIGNAL);
}

// "<pid> <first instruction, ns>"; a second line "0 0" says that the supervisor has seen progress.
void stamp(pid_t pid, std::int64_t at) {
  const int fifo = ::open(std::getenv("BENCH_STAMPS"), O_WRONLY | O_CLOEXEC);
  const std::string line = std::to_string(pid) + " " + std::to_string(at) + "\n";
  (void)!::write(fifo, line.data(), line.size());
  ::close(fifo);
}

[[noreturn]] void wait_to_be_killed() {
  for (;;) ::pause();
}

int serve_link() {
  std::vector<char> packet(kLinkPacketMax);
  bool told = false;
  for (;;) {
    const ssize_t length = ::recv(kLinkDescriptor, packet.data(), packet.size(), 0);
    if (length <= 0) return 69;
    const auto message = link::decode_to_orchestrator({packet.data(), static_cast<std::size_t>(length)});
    if (!message) return 70;
    if (std::holds_alternative<link::Attach>(*message))
      say(link::Hello{::getpid(), "0", kLinkVersion, std::nullopt, ""});
    if (std::holds_alternative<link::Go>(*message)) say(link::Ready{1});
    if (std::holds_alternative<link::Shutdown>(*message)) return 0;
    const auto* ping = std::get_if<link::Ping>(&*message);
    if (ping == nullptr) continue;
    HealthCounters counters;
    counters.market_durable = 1;  // progress: its death does not count
    say(link::Pong{ping->instance, ping->number, ping->nonce, counters, "{}"});
    if (!told) stamp(0, 0);
    told = true;
  }
}

// ---- the two loops

constexpr const char* kTradingOnPaper = R"(
[orchestrator]
environment = "paper"
data = "synthetic"
[[strategy]]
name = "trend"
kind = "ema_cross"
symbol = "BTC/EUR"
[[strategy]]
name = "grid"
kind = "grid"
symbol = "BTC/EUR"
[[instrument]]
symbol = "BTC/EUR"
price_step = "0.1"
quantity_step = "0.00000001"
cost_digits = 5
)";

pid_t start_supervisor(const std::string& supervisor, const std::string& home, const std::string& settings) {
  std::ofstream(home + "/config.toml") << settings;
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  const std::string config = home + "/config.toml";
  ::execl(supervisor.c_str(), supervisor.c_str(), "run", "--config", config.c_str(), "--home", home.c_str(), nullptr);
  ::_exit(127);
}

[[noreturn]] void run_bare_loop(const std::string& self) {
  for (;;) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::execl(self.c_str(), self.c_str(), "bare", nullptr);
      ::_exit(127);
    }
    (void)::waitpid(child, nullptr, 0);
  }
}

pid_t start_bare_loop(const std::string& self) {
  const pid_t loop = ::fork();
  if (loop == 0) run_bare_loop(self);
  return loop;
}

// ---- the measurement

// One of the two: who starts the child, and where the child's stamps arrive.
class Loop {
 public:
  // The child finds the name of the pipe in its environment.
  template <class Start>
  Loop(const std::string& fifo, bool announces_progress, Start start) : announces_progress_(announces_progress) {
    if (::mkfifo(fifo.c_str(), 0600) != 0) std::abort();
    ::setenv("BENCH_STAMPS", fifo.c_str(), 1);
    stamps_ = ::fdopen(::open(fifo.c_str(), O_RDWR | O_CLOEXEC), "r");
    starter_ = start();
    child_ = next().first;
    if (announces_progress_) (void)next();
  }
  // Microseconds from the child's death to the first instruction of the next.
  double round() {
    const timespec settle{0, 10'000'000};
    ::nanosleep(&settle, nullptr);
    const std::int64_t killed = now_ns();
    ::kill(child_, SIGKILL);
    const auto [pid, first] = next();
    child_ = pid;
    if (announces_progress_) (void)next();
    return static_cast<double>(first - killed) / 1000.0;
  }
  void end(int signal) {
    ::kill(starter_, signal);
    ::waitpid(starter_, nullptr, 0);
    if (!announces_progress_) ::kill(child_, SIGKILL);  // the supervisor has ended its own
    std::fclose(stamps_);
  }

 private:
  std::pair<pid_t, std::int64_t> next() {
    long pid = 0;
    long long at = 0;
    if (std::fscanf(stamps_, "%ld %lld", &pid, &at) != 2) std::abort();
    return {static_cast<pid_t>(pid), at};
  }

  bool announces_progress_;
  std::FILE* stamps_ = nullptr;
  pid_t starter_ = 0;
  pid_t child_ = 0;
};

long pss_kib(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  for (std::string word; file >> word;)
    if (word == "Pss:") {
      long kib = 0;
      file >> kib;
      return kib;
    }
  return -1;
}

// Processor time used by all threads so far.
std::int64_t used_ns(pid_t pid) {
  timespec used{};
  clockid_t clock{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return used.tv_sec * 1'000'000'000LL + used.tv_nsec;
}

void end(pid_t supervisor) {
  ::kill(supervisor, SIGTERM);
  ::waitpid(supervisor, nullptr, 0);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The floor of a watcher at rest: a question each 250 ms over a packet socket, and its answer, through epoll.
void ask_for_ever(int link) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event readable{};
  readable.events = EPOLLIN;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, link, &readable);
  char message[256] = {};
  for (;;) {
    epoll_event ready{};
    if (::epoll_wait(epoll, &ready, 1, 250) == 0)
      (void)!::send(link, message, 115, MSG_NOSIGNAL);
    else if (::recv(link, message, sizeof message, 0) <= 0)
      ::_exit(0);
  }
}

double percent_of_bare_questions(int rest_s) {
  int link[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link) != 0) std::abort();
  const pid_t asker = ::fork();
  if (asker == 0) {
    ::close(link[1]);
    ask_for_ever(link[0]);
  }
  ::close(link[0]);
  const std::int64_t until = now_ns() + rest_s * 1'000'000'000LL;
  const std::int64_t used = used_ns(asker);
  char message[256];
  while (now_ns() < until && ::recv(link[1], message, sizeof message, 0) > 0)
    (void)!::send(link[1], message, 115, MSG_NOSIGNAL);
  const auto spent = static_cast<double>(used_ns(asker) - used);
  ::kill(asker, SIGKILL);
  ::waitpid(asker, nullptr, 0);
  ::close(link[1]);
  return spent / (static_cast<double>(rest_s) * 1e7);
}

// The supervisor with the real orchestrator under it; the orchestrator's figures are shown beside it.
bool measure_rest(const std::string& supervisor, const std::string& home, int rest_s) {
  ::mkdir(home.c_str(), 0700);
  const pid_t pid = start_supervisor(supervisor, home, kTradingOnPaper);
  ::sleep(3);
  const std::string children = "/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children";
  const auto child = static_cast<pid_t>(std::atol(read_file(children).c_str()));
  const std::int64_t used = used_ns(pid);
  const std::int64_t used_by_child = used_ns(child);
  const std::int64_t begun = now_ns();
  ::sleep(static_cast<unsigned>(rest_s));
  const auto elapsed = static_cast<double>(now_ns() - begun);
  const double percent = 100 * static_cast<double>(used_ns(pid) - used) / elapsed;
  const double percent_of_child = 100 * static_cast<double>(used_ns(child) - used_by_child) / elapsed;
  const long pss = pss_kib(pid);
  const double floor = percent_of_bare_questions(rest_s);
  const bool runs = child > 0 && ::kill(child, 0) == 0 && pss > 0;
  std::printf(
      "{\"bench\":\"supervisor_at_rest\",\"seconds\":%d,\"pss_kib\":%ld,\"pss_budget_kib\":1536,"
      "\"cpu_percent\":%.3f,\"cpu_floor_percent\":%.3f,\"cpu_budget_percent\":0.05,\"orchestrator_pss_kib\":%ld,"
      "\"orchestrator_cpu_percent\":%.3f}\n",
      rest_s, pss, percent, floor, child > 0 ? pss_kib(child) : -1, percent_of_child);
  end(pid);
  return runs;
}

int measure(const std::string& supervisor, int rounds, int rest_s) {
  char home[] = "/tmp/s1mple-bench-XXXXXX";
  if (::mkdtemp(home) == nullptr) return 70;
  char self[4096] = {};
  if (::readlink("/proc/self/exe", self, sizeof self - 1) < 0) return 70;
  Loop bare(std::string(home) + "/bare", false, [&] { return start_bare_loop(self); });
  Loop supervised(std::string(home) + "/ours", true, [&] {
    return start_supervisor(supervisor, home, "[supervisor]\norchestrator = \"" + std::string(self) + "\"\n");
  });
  std::vector<double> floor, ours, ratio;
  for (int i = 0; i < rounds; ++i) {
    floor.push_back(bare.round());
    ours.push_back(supervised.round());
    ratio.push_back(ours.back() / floor.back());
  }
  bare.end(SIGKILL);
  supervised.end(SIGTERM);
  std::printf(
      "{\"bench\":\"restart\",\"rounds\":%d,\"floor_p50_us\":%.0f,\"floor_p99_us\":%.0f,\"ours_p50_us\":%.0f,"
      "\"ours_p99_us\":%.0f,\"ratio_of_p50\":%.2f,\"p50_of_ratios\":%.2f,\"budget\":1.5}\n",
      rounds, quantile(floor, 0.5), quantile(floor, 0.99), quantile(ours, 0.5), quantile(ours, 0.99),
      quantile(ours, 0.5) / quantile(floor, 0.5), quantile(ratio, 0.5));
  std::fflush(stdout);
  const bool rested = measure_rest(supervisor, std::string(home) + "/rest", rest_s);
  const std::string clean = "rm -rf '" + std::string(home) + "'";
  return std::system(clean.c_str()) == 0 && rested ? 0 : 70;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t first_instruction = now_ns();
  const std::string role = argc < 2 ? "" : argv[1];
  if (role == "check-config") return 0;
  if (role == "bare" || role == "run") stamp(::getpid(), first_instruction);
  if (role == "bare") wait_to_be_killed();
  if (role == "run") return serve_link();
  if (role == "loop") run_bare_loop(argv[0]);
  int rounds = 200;
  int rest_s = 20;
  for (int at = 2; at + 1 < argc; at += 2) {
    if (std::strcmp(argv[at], "--rounds") == 0) rounds = std::atoi(argv[at + 1]);
    if (std::strcmp(argv[at], "--rest") == 0) rest_s = std::atoi(argv[at + 1]);
  }
  if (role.empty() || rounds < 1 || rest_s < 1) {
    std::fprintf(stderr, "usage: bench_restart SUPERVISOR [--rounds N] [--rest SECONDS]\n");
    return 64;
  }
  return measure(role, rounds, rest_s);
}
