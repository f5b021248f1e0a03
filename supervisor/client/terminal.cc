#include "supervisor/client/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "common/base/ensure.h"
#include "supervisor/client/machine.h"

namespace s1mple::client {

namespace {

// Alternate screen, no cursor, no wrapping; and back.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[0m\x1b[H\x1b[2J";
constexpr std::string_view kLeave = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr std::array<int, 5> kFatal{SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

// What the handler of a fatal signal needs; plain data, no constructor.
struct Saved {
  termios mode;
  volatile sig_atomic_t entered;
};
Saved saved;

// Async-signal-safe.
void give_back() {
  if (saved.entered == 0) return;
  saved.entered = 0;
  [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, kLeave.data(), kLeave.size());
  ::tcsetattr(STDOUT_FILENO, TCSANOW, &saved.mode);
}

extern "C" void on_fatal_signal(int signal) {
  give_back();
  ::raise(signal);  // the default effect was restored by SA_RESETHAND
}

void watch_fatal_signals(bool on) {
  struct sigaction action {};
  action.sa_handler = on ? on_fatal_signal : SIG_DFL;
  action.sa_flags = on ? static_cast<int>(SA_RESETHAND) : 0;
  for (const int signal : kFatal) ::sigaction(signal, &action, nullptr);
}

}  // namespace

Result<Terminal> Terminal::open() {
  ENSURE(saved.entered == 0, "one terminal at a time");
  if (::tcgetattr(STDOUT_FILENO, &saved.mode) != 0) return os_error("ask the terminal for its mode", errno);
  UniqueFd keys(::open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!keys) return os_error("open /dev/tty", errno);
  Terminal terminal(std::move(keys));
  terminal.owns_ = true;
  terminal.enter();
  return terminal;
}

Terminal::Terminal(Terminal&& other) noexcept
    : keys_(std::move(other.keys_)), owns_(std::exchange(other.owns_, false)) {}

Terminal::~Terminal() {
  if (owns_) leave();
}

void Terminal::enter() {
  termios raw = saved.mode;
  raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON | BRKINT | INPCK | ISTRIP);
  raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG | IEXTEN);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  watch_fatal_signals(true);
  saved.entered = 1;
  ::tcsetattr(STDOUT_FILENO, TCSAFLUSH, &raw);
  static_cast<void>(write(kEnter));
}

void Terminal::leave() {
  give_back();
  watch_fatal_signals(false);
}

Size Terminal::size() const {
  winsize found{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) != 0 || found.ws_col == 0 || found.ws_row == 0) return {80, 24};
  return {found.ws_col, found.ws_row};
}

bool Terminal::write(std::string_view bytes) const { return write_out(bytes); }

}  // namespace s1mple::client
