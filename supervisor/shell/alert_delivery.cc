#include "supervisor/shell/alert_delivery.h"

#include "common/os/files.h"
#include "common/os/loop.h"
#include "common/os/worker.h"
#include "supervisor/shell/alert_command.h"
#include "supervisor/shell/log_sink.h"

namespace s1mple {

// On the worker's thread, one piece of work at a time.
struct AlertDelivery::LogFile {
  std::string path;
  std::optional<AppendFile> open;

  Result<void> append(const std::string& line) {
    if (!open) {
      auto file = AppendFile::open(path);
      if (!file) return std::move(file).error();
      open = std::move(file).value();
    }
    auto done = open->append(line);
    if (done) done = open->sync();
    if (!done) open.reset();
    return done;
  }
  Result<void> rewrite(const std::string& content) {
    open.reset();
    return replace_file(path, content);
  }
};

AlertDelivery::AlertDelivery(Loop& loop, const Clock& clock, const AlertSettings& settings, Random& random,
                             Worker& worker, LogSink& log, std::string path)
    : loop_(loop),
      clock_(clock),
      settings_(settings),
      worker_(worker),
      log_(log),
      outbox_(settings, random),
      file_(std::make_shared<LogFile>()),
      timer_(loop, [this] { deliver_next(); }) {
  file_->path = std::move(path);
}

AlertDelivery::~AlertDelivery() = default;

void AlertDelivery::load() {
  const auto text = read_file(file_->path, 4 * kMaxLogBytes);
  if (!text) {
    if (text.error().code != Errc::not_found)
      log_.write(LogLine(LogLevel::error, "alerts_unread").with("story", text.error().story));
    return;
  }
  log_bytes_ = text->size();
  const std::size_t unread = outbox_.restore(*text, clock_.now(), clock_.wall());
  if (unread > 0) log_.write(LogLine(LogLevel::warning, "alerts_unread").with("lines", unread));
  // A torn last line must not swallow the next one.
  if (!text->empty() && text->back() != '\n') append("\n", [] {});
  deliver_next();
}

void AlertDelivery::append(std::string line, std::function<void()> done) {
  auto outcome = std::make_shared<Result<void>>();
  log_bytes_ += line.size();
  const bool rewrite = log_bytes_ > kMaxLogBytes;
  if (rewrite) line = outbox_.compact_log();
  if (rewrite) log_bytes_ = line.size();
  auto finish = std::make_shared<std::function<void()>>(std::move(done));
  const bool taken = worker_.submit(
      [outcome, rewrite, file = file_, text = std::move(line)] {
        *outcome = rewrite ? file->rewrite(text) : file->append(text);
      },
      [this, outcome, finish] {
        if (!outcome->ok())
          log_.write(LogLine(LogLevel::error, "alert_not_logged").with("story", outcome->error().story));
        (*finish)();
      });
  if (!taken) (*finish)();  // the disk refuses: the alert lives in memory
}

void AlertDelivery::raise(link::Alert alert, std::function<void()> logged) {
  const auto level = alert.level == AlertLevel::critical ? LogLevel::critical : LogLevel::warning;
  auto line = LogLine(level, "alert").with("id", alert.id).with("code", alert.code).with("text", alert.text);
  auto record = outbox_.add(std::move(alert), clock_.now());
  if (!record) return logged();  // known already
  log_.write(line);
  append(std::move(*record), std::move(logged));
  deliver_next();
}

bool AlertDelivery::acknowledge(std::string_view id) {
  auto lines = outbox_.acknowledge(id, to_rfc3339(clock_.wall()));
  if (!lines) return false;
  if (!lines->empty()) append(std::move(*lines), [] {});
  deliver_next();
  return true;
}

void AlertDelivery::take(const AlertSettings& settings) {
  settings_ = settings;
  outbox_.take(settings, clock_.now());
  deliver_next();
}

std::unique_ptr<AlertCommand> AlertDelivery::run(const AlertOutbox::Entry& entry, bool escalation,
                                                 std::function<void(const Outcome&)> done) {
  JsonWriter json;
  write_delivery(json, entry, escalation);
  return std::make_unique<AlertCommand>(loop_, clock_, command(escalation), settings_.timeout, json.str(),
                                        std::move(done));
}

void AlertDelivery::deliver_next() {
  timer_.cancel();
  if (const auto* entry = outbox_.begin_delivery(clock_.now()))
    delivering_ = run(*entry, outbox_.is_escalation(), [this](const Outcome& outcome) { delivered(outcome); });
  if (const auto at = outbox_.wake_at()) timer_.start_at(*at);
}

void AlertDelivery::delivered(const Outcome& outcome) {
  const auto ended = std::move(delivering_);  // its callback is this one
  if (!outcome.taken) {
    log_.write(LogLine(LogLevel::error, "alert_not_delivered")
                   .with("story", outcome.story)
                   .with("stderr", outcome.error_end)
                   .with("took_ms", to_ms(outcome.took)));
  }
  auto line = outbox_.end_delivery(outcome.taken, outcome.story, to_rfc3339(clock_.wall()), clock_.now());
  if (line) append(std::move(*line), [] {});
  deliver_next();
}

bool AlertDelivery::test(bool escalation, std::function<void(const Outcome&)> done) {
  if (!configured(escalation) || testing_) return false;
  const std::string at = to_rfc3339(clock_.wall());
  AlertOutbox::Entry entry;
  entry.alert = {"test-" + at, AlertLevel::info, "test", "This is a test; nothing has happened.", at, ""};
  testing_ = run(entry, escalation, [this, finish = std::move(done)](const Outcome& outcome) {
    const auto ended = std::move(testing_);
    const auto last = finish;
    last(outcome);
  });
  return true;
}

}  // namespace s1mple
