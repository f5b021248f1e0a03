#include "supervisor/shell/log_sink.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "common/os/files.h"
#include "common/os/worker.h"

namespace s1mple {

namespace {

bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat info {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &info) != 0) return false;
  return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino) == stream;
}

// A terminal takes less in one go than a pipe does before it blocks.
constexpr std::size_t kTerminalChunk = 256;
constexpr std::size_t kPipeChunk = 4096;
constexpr int kPatienceMs = 20;

// Never waits for a reader that has stopped reading; what it does not take is lost. Returns the bytes lost.
std::size_t write_stderr(std::string_view text, std::size_t chunk = kPipeChunk, int patience_ms = 0) {
  while (!text.empty()) {
    pollfd ready{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&ready, 1, patience_ms) <= 0) break;
    const ssize_t written = ::write(STDERR_FILENO, text.data(), std::min(text.size(), chunk));
    if (written <= 0) break;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return text.size();
}

// One line stays one line, whatever it holds.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, LogSink::kMaxLine));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t') c = ' ';
  return out;
}

}  // namespace

// On the worker's thread, one piece of work at a time.
struct LogSink::Files {
  std::string directory;
  std::optional<AppendFile> open;
  bool told = false;

  [[nodiscard]] std::string name(int number) const {
    return directory + "/supervisor.log" + (number == 0 ? "" : "." + std::to_string(number));
  }
  void rotate() {
    open.reset();
    for (int number = kFiles - 1; number > 0; --number)
      (void)std::rename(name(number - 1).c_str(), name(number).c_str());
  }
  void append(const std::string& bytes) {
    if (open && open->size() + bytes.size() > kFileBytes) rotate();
    if (!open) {
      auto file = AppendFile::open(name(0));
      if (!file) return tell(file.error().story);
      open = std::move(file).value();
    }
    if (auto done = open->append(bytes); !done) {
      open.reset();
      tell(done.error().story);
    }
  }
  void tell(const std::string& story) {
    if (!told) (void)write_stderr("supervisor: cannot write its log: " + story + "\n");
    told = true;
  }
};

LogSink::LogSink(const Clock& clock) : clock_(clock), kind_(Kind::plain) {
  if (stderr_is_journal()) kind_ = Kind::journal;
  else if (::isatty(STDERR_FILENO) != 0) kind_ = Kind::terminal;
}

LogSink::~LogSink() = default;

void LogSink::use_directory(std::string directory, Worker& worker) {
  if (kind_ != Kind::plain) return;
  if (auto made = ensure_directory(directory); !made) {
    return write(LogLine(LogLevel::warning, "log_directory").with("story", made.error().story));
  }
  files_ = std::make_shared<Files>();
  files_->directory = std::move(directory);
  worker_ = &worker;
}

void LogSink::leave_directory() {
  worker_ = nullptr;
  (void)write_stderr(waiting_);
  waiting_.clear();
}

void LogSink::write(const LogLine& line) { put(line.level(), line.text()); }

void LogSink::pass(std::string_view line) {
  LogLevel level = LogLevel::info;
  if (line.size() > 3 && line[0] == '<' && line[2] == '>' && line[1] >= '0' && line[1] <= '7') {
    level = static_cast<LogLevel>(line[1] - '0');
    line.remove_prefix(3);
  }
  put(level, line);
}

void LogSink::put(LogLevel level, std::string_view text) {
  const std::string line = printable(text);
  if (kind_ == Kind::journal)
    return tell("<" + std::to_string(static_cast<int>(level)) + ">" + line + "\n");
  const std::string stamp = to_rfc3339(clock_.wall());
  if (kind_ == Kind::terminal) return tell(stamp.substr(11, 12) + " " + line + "\n");
  if (worker_ == nullptr) return tell(stamp + " " + line + "\n");
  if (waiting_.size() + line.size() > kMaxWaiting) {
    dropped_ += line.size();
    return;
  }
  if (told_ != dropped_) {
    const LogLine told = LogLine(LogLevel::warning, "log_dropped").with("bytes", dropped_);
    waiting_ += stamp + " " + std::string(told.text()) + "\n";
    told_ = dropped_;
  }
  waiting_ += stamp + " " + line + "\n";
  flush();
}

// A terminal that is only slow is waited for; one that has stopped is not waited for twice.
void LogSink::tell(const std::string& line) {
  const bool terminal = kind_ == Kind::terminal;
  const std::size_t lost =
      write_stderr(line, terminal ? kTerminalChunk : kPipeChunk, terminal && !stuck_ ? kPatienceMs : 0);
  dropped_ += lost;
  stuck_ = lost > 0;
}

void LogSink::flush() {
  if (writing_ || waiting_.empty() || worker_ == nullptr) return;
  writing_ = worker_->submit([files = files_, bytes = waiting_] { files->append(bytes); },
                             [this] {
                               writing_ = false;
                               flush();
                             });
  if (writing_) waiting_.clear();
}

}  // namespace s1mple
