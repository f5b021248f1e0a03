// How long from the death of a child to the first instruction of the next: our supervisor beside a bare loop.
//
// bench_restart SUPERVISOR [--rounds N] [--rest SECONDS]. The same program is killed in turns under both, in one run;
// it is this one: as `run` it stamps the clock in the first line of main and answers the link, as `check-config`
// it agrees. The floor is waitpid, fork, exec and nothing else. Then the supervisor's memory and processor time at
// rest are read from /proc. Units: microseconds, KiB, percent of one core. Output: one line of JSON.
#include <fcntl.h>
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

pid_t start_supervisor(const std::string& supervisor, const std::string& home, const std::string& self) {
  std::ofstream(home + "/config.toml") << "[supervisor]\norchestrator = \"" << self << "\"\n";
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  const std::string config = home + "/config.toml";
  ::execl(supervisor.c_str(), supervisor.c_str(), "run", "--config", config.c_str(), "--home", home.c_str(), nullptr);
  ::_exit(127);
}

pid_t start_bare_loop(const std::string& self) {
  const pid_t loop = ::fork();
  if (loop != 0) return loop;
  for (;;) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::execl(self.c_str(), self.c_str(), "bare", nullptr);
      ::_exit(127);
    }
    (void)::waitpid(child, nullptr, 0);
  }
}

// ---- the measurement

struct Stamps {
  std::FILE* file;
  // The next start; waits for it.
  std::pair<pid_t, std::int64_t> next() const {
    long pid = 0;
    long long at = 0;
    if (std::fscanf(file, "%ld %lld", &pid, &at) != 2) std::abort();
    return {static_cast<pid_t>(pid), at};
  }
};

void settle() {
  const timespec pause{0, 20'000'000};
  ::nanosleep(&pause, nullptr);
}

std::vector<double> rounds_under(const Stamps& stamps, int rounds, bool announces_progress) {
  std::vector<double> took_us;
  pid_t pid = stamps.next().first;
  for (int round = 0; round < rounds; ++round) {
    if (announces_progress) (void)stamps.next();
    settle();
    const std::int64_t killed = now_ns();
    ::kill(pid, SIGKILL);
    const auto [next_pid, first] = stamps.next();
    took_us.push_back(static_cast<double>(first - killed) / 1000.0);
    pid = next_pid;
  }
  if (announces_progress) (void)stamps.next();
  else ::kill(pid, SIGKILL);
  return took_us;
}

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

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

int measure(const std::string& supervisor, int rounds, int rest_s) {
  char home[] = "/tmp/s1mple-bench-XXXXXX";
  if (::mkdtemp(home) == nullptr) return 70;
  const std::string fifo = std::string(home) + "/stamps";
  char self[4096] = {};
  if (::mkfifo(fifo.c_str(), 0600) != 0 || ::readlink("/proc/self/exe", self, sizeof self - 1) < 0) return 70;
  ::setenv("BENCH_STAMPS", fifo.c_str(), 1);
  const Stamps stamps{::fdopen(::open(fifo.c_str(), O_RDWR | O_CLOEXEC), "r")};

  const pid_t loop = start_bare_loop(self);
  const auto floor = rounds_under(stamps, rounds, false);
  ::kill(loop, SIGKILL);
  ::waitpid(loop, nullptr, 0);
  // The loop may have started one more before it died.
  ::usleep(50'000);
  ::fcntl(::fileno(stamps.file), F_SETFL, O_NONBLOCK);
  for (char line[128]; std::fgets(line, sizeof line, stamps.file) != nullptr;) {
    const pid_t left = static_cast<pid_t>(std::atol(line));
    if (left > 0) ::kill(left, SIGKILL);
  }
  std::clearerr(stamps.file);
  ::fcntl(::fileno(stamps.file), F_SETFL, 0);

  const pid_t ours_pid = start_supervisor(supervisor, home, self);
  const auto ours = rounds_under(stamps, rounds, true);
  ::sleep(1);
  const std::int64_t used = used_ns(ours_pid);
  ::sleep(static_cast<unsigned>(rest_s));
  const double percent = static_cast<double>(used_ns(ours_pid) - used) / (1e7 * rest_s);
  const long pss = pss_kib(ours_pid);
  ::kill(ours_pid, SIGTERM);
  ::waitpid(ours_pid, nullptr, 0);
  std::printf("{\"bench\":\"restart\",\"rounds\":%d,\"floor_p50_us\":%.0f,\"floor_p99_us\":%.0f,\"ours_p50_us\":%.0f,"
              "\"ours_p99_us\":%.0f,\"ratio_p50\":%.2f,\"supervisor_pss_kib\":%ld,\"supervisor_cpu_percent\":%.3f}\n",
              rounds, quantile(floor, 0.5), quantile(floor, 0.99), quantile(ours, 0.5), quantile(ours, 0.99),
              quantile(ours, 0.5) / quantile(floor, 0.5), pss, percent);
  const std::string clean = "rm -rf '" + std::string(home) + "'";
  return std::system(clean.c_str()) == 0 ? 0 : 70;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t first_instruction = now_ns();
  const std::string role = argc < 2 ? "" : argv[1];
  if (role == "check-config") return 0;
  if (role == "bare" || role == "run") stamp(::getpid(), first_instruction);
  if (role == "bare") wait_to_be_killed();
  if (role == "run") return serve_link();
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
