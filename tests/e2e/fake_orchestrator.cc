// A stand-in for the orchestrator that speaks the link and misbehaves as told, for end-to-end tests of the supervisor.
//
// $FAKE_PLAN holds one step a start, separated by ';'; the last one repeats. A step is a list of words:
//   before hello   locks (holds the store's lock), lock_child (a process that outlives us holds it until <home>/release
//                  is there), mute, version
//   before ready   exit=N, signal=N, stuck (answers, but no progress), slow=N (N steps of progress, 0.1 s each)
//   after ready    short (killed after its first answer), die=N, kill=N, stop, spin, deadlock, hungry (for more memory than it may have), close, flood (at each ping), alert, latch, idle (no durable market event)
//   when adopted   old_link
//   when asked     deaf (ignores `shutdown` and SIGTERM), silent (answers no command), bye=N
// Each start appends its pid and the attach message to <home>/fake-starts, each adoption to fake-starts-adopted.
// `cancel-all` writes its pid to <home>/fake-cancelled and exits with $FAKE_CANCEL.
// `check-config F` refuses a file that contains the word "refused".
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/contract/exit_code.h"
#include "common/contract/link.h"
#include "common/contract/version.h"
#include "common/os/lock_file.h"

namespace {

using namespace s1mple;

class Plan {
 public:
  explicit Plan(const std::string& step) {
    std::istringstream words(step);
    for (std::string word; words >> word;) words_.push_back(word);
  }
  [[nodiscard]] bool has(const std::string& word) const {
    for (const auto& w : words_)
      if (w == word) return true;
    return false;
  }
  // The number of "word=N", or -1.
  [[nodiscard]] int number(const std::string& word) const {
    for (const auto& w : words_)
      if (w.rfind(word + "=", 0) == 0) return std::stoi(w.substr(word.size() + 1));
    return -1;
  }

 private:
  std::vector<std::string> words_;
};

std::string plan_step(std::size_t start) {
  const char* text = std::getenv("FAKE_PLAN");
  std::string steps(text == nullptr ? "" : text);
  for (std::size_t n = 0; n < start && steps.find(';') != std::string::npos; ++n) steps.erase(0, steps.find(';') + 1);
  return steps.substr(0, steps.find(';'));
}

void say(const link::ToSupervisor& message) {
  const std::string text = link::encode(message);
  (void)::send(kLinkDescriptor, text.data(), text.size(), MSG_NOSIGNAL);
}

std::string option(int argc, char** argv, const std::string& name) {
  for (int i = 1; i + 1 < argc; ++i)
    if (argv[i] == name) return argv[i + 1];
  return "";
}

// Lines so far: each start appends one.
std::size_t starts_in(const std::string& path) {
  std::ifstream file(path);
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  return lines;
}

class Fake {
 public:
  Fake(Plan plan, std::string starts_path) : plan_(std::move(plan)), starts_path_(std::move(starts_path)) {}

  int run() {
    std::vector<char> packet(kLinkPacketMax);
    for (;;) {
      const ssize_t length = ::recv(kLinkDescriptor, packet.data(), packet.size(), 0);
      if (length <= 0) return to_int(ExitCode::unavailable);
      const std::string_view text(packet.data(), static_cast<std::size_t>(length));
      const auto message = link::decode_to_orchestrator(text);
      if (!message) {
        std::cerr << "unread: " << message.error().story << std::endl;
        continue;
      }
      if (const auto* attach = std::get_if<link::Attach>(&*message)) on_attach(*attach, std::string(text));
      if (std::holds_alternative<link::Go>(*message)) on_go();
      if (const auto* ping = std::get_if<link::Ping>(&*message)) on_ping(*ping);
      if (const auto* command = std::get_if<link::Command>(&*message)) on_command(*command);
      if (std::holds_alternative<link::Shutdown>(*message) && !plan_.has("deaf")) return on_shutdown();
    }
  }

 private:
  void on_attach(const link::Attach& attach, const std::string& text) {
    if (attach.adopted) return on_adopted(text);
    std::ofstream(starts_path_, std::ios::app) << ::getpid() << " " << text << std::endl;
    if (plan_.has("mute")) return;
    say(link::Hello{::getpid(), "0.0.1", plan_.has("version") ? kLinkVersion + 1 : kLinkVersion, std::nullopt, ""});
  }

  void on_adopted(const std::string& text) {
    std::ofstream(starts_path_ + "-adopted", std::ios::app) << ::getpid() << " " << text << std::endl;
    link::Hello hello{::getpid(), "0.0.1", plan_.has("old_link") ? kLinkVersion - 1 : kLinkVersion, 7, ""};
    hello.mode = StartMode::normal;
    say(hello);
    if (gone_) say(link::Ready{7});
    if (plan_.has("alert")) drill();
  }

  static void drill() {
    say(link::Alert{"o-7-1", AlertLevel::critical, "drill", "A drill", "2026-11-22T15:44:00.000000Z", ""});
  }

  void on_go() {
    if (std::exchange(gone_, true)) return;
    ::prctl(PR_SET_PDEATHSIG, 0);
    say(link::Progress{"recovery", 1, 2});
    if (const int code = plan_.number("exit"); code >= 0) {
      std::cerr << "last words of " << ::getpid() << std::endl;
      say(link::Bye{code, "as planned", code == 66});
      std::exit(code);
    }
    if (const int signal = plan_.number("signal"); signal > 0) ::raise(signal);
    if (plan_.has("stuck")) return;
    for (int step = 0; step < plan_.number("slow"); ++step) {
      say(link::Progress{"replay", static_cast<std::uint64_t>(step), 100});
      ::usleep(100'000);
    }
    say(link::EpochForced{7});
    say(link::Ready{7});
    std::cout << "ready" << std::endl;
    after_ready();
  }

  void after_ready() {
    if (plan_.has("alert")) drill();
    if (plan_.has("latch")) say(link::Latch{true, "overfill", "2026-11-22T15:44:00.000000Z"});
    if (const int code = plan_.number("die"); code >= 0) std::exit(code);
    if (const int signal = plan_.number("kill"); signal > 0) ::raise(signal);
    if (plan_.has("stop")) ::raise(SIGSTOP);
    if (plan_.has("close")) {
      ::close(kLinkDescriptor);
      for (;;) ::pause();
    }
    if (plan_.has("deadlock")) deadlock();
    if (plan_.has("hungry")) eat();
    for (volatile bool spin = plan_.has("spin"); spin;) {
    }
  }

  [[noreturn]] static void deadlock() {
    std::timed_mutex first;  // held twice by one thread
    first.lock();
    for (;;) (void)first.try_lock_for(std::chrono::hours(1));
  }

  [[noreturn]] static void eat() {
    constexpr rlim_t kMay = 64UL * 1024 * 1024;
    const rlimit limit{kMay, kMay};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) std::abort();
    std::vector<std::string> eaten;
    for (;;) eaten.emplace_back(kMay / 64, 'x');
  }

  // More than a pipe holds, at each ping: nobody may wait for it.
  static void flood() {
    std::string lines;
    for (int i = 0; i < 2000; ++i) lines += std::string(200, 'x') + '\n';
    std::cerr << lines << std::flush;
  }

  void on_ping(const link::Ping& ping) {
    if (plan_.has("flood")) flood();
    ++counters_.loops;
    counters_.market = counters_.loops;
    counters_.market_durable = plan_.has("idle") ? 0 : counters_.loops;
    say(link::Pong{ping.instance, ping.number, ping.nonce, counters_, R"({"epoch":7,"phase":"running","trading":"active"})"});
    if (gone_ && plan_.has("short")) ::raise(SIGKILL);
  }

  void on_command(const link::Command& command) {
    if (plan_.has("silent")) return;
    say(link::CommandResult{command.id, false, R"({"method":")" + command.method + R"(","params":)" + command.params_json + "}", 0, "", ""});
  }

  int on_shutdown() {
    say(link::Progress{"snapshot", 1, 1});
    const int code = plan_.number("bye");
    say(link::Bye{code < 0 ? 0 : code, "asked", false});
    return code < 0 ? 0 : code;
  }

  Plan plan_;
  std::string starts_path_;
  HealthCounters counters_;
  bool gone_ = false;
};

// A process that outlives us, in a session of its own, holds the store's lock until a file tells it to let go.
void leave_lock_child(const std::string& home) {
  int held[2];
  if (::pipe(held) != 0) std::abort();
  if (::fork() != 0) {
    char byte = 0;
    ::close(held[1]);
    if (::read(held[0], &byte, 1) != 1) std::abort();
    ::close(held[0]);
    return;
  }
  ::setsid();
  const auto lock = LockFile::take(home + "/state/LOCK");
  if (!lock.ok() || ::write(held[1], "x", 1) != 1) ::_exit(1);
  for (const int fd : {held[0], held[1], kLinkDescriptor, STDOUT_FILENO, STDERR_FILENO}) ::close(fd);
  while (::access(home.c_str(), F_OK) == 0 && ::access((home + "/release").c_str(), F_OK) != 0) ::usleep(10'000);
  ::_exit(0);
}

int check_config(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (text.str().find("refused") == std::string::npos) return 0;
  std::cerr << path << ":1: refused by the orchestrator" << std::endl;
  return to_int(ExitCode::usage);
}

// Takes the store's lock as the real one does, and ends as $FAKE_CANCEL says.
int cancel_all(const std::string& home) {
  const auto lock = LockFile::take(home + "/state/LOCK");
  std::ofstream(home + "/fake-cancelled", std::ios::app) << ::getpid() << std::endl;
  const char* code = std::getenv("FAKE_CANCEL");
  std::cout << "2 orders cancelled" << std::endl;
  return lock.ok() ? std::stoi(code == nullptr ? "0" : code) : to_int(ExitCode::lock_held);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "check-config") return check_config(argv[2]);
  const std::string home = option(argc, argv, "--home");
  if (argc > 1 && std::string(argv[1]) == "cancel-all") return cancel_all(home);
  const std::string starts = home + "/fake-starts";
  const Plan plan(plan_step(starts_in(starts)));
  if (plan.has("deaf")) ::signal(SIGTERM, SIG_IGN);
  ::mkdir((home + "/state").c_str(), 0700);
  std::optional<Result<LockFile>> lock;
  if (plan.has("locks")) lock.emplace(LockFile::take(home + "/state/LOCK"));
  if (plan.has("lock_child")) leave_lock_child(home);
  return Fake(plan, starts).run();
}
