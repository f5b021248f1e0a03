#include "supervisor/shell/crash_reports.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <vector>

#include "common/base/json.h"
#include "common/os/files.h"
#include "common/os/last_words.h"
#include "common/os/worker.h"
#include "supervisor/shell/log_sink.h"

namespace s1mple {

namespace {

constexpr std::string_view kPrefix = "crash-";
constexpr std::string_view kSuffix = ".json";

std::optional<std::uint64_t> id_of(std::string_view name) {
  if (name.size() <= kPrefix.size() + kSuffix.size() || name.substr(0, kPrefix.size()) != kPrefix ||
      name.substr(name.size() - kSuffix.size()) != kSuffix)
    return std::nullopt;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  std::uint64_t id = 0;
  const auto [end, status] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (status != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return id;
}

// The report as it is, where nothing was said.
std::string with_last_words(const std::string& report, const std::string& path) {
  const auto said = read_file(path, CrashReports::kMaxLastWords);
  if (!said || said->empty()) return report;
  JsonWriter lines;
  lines.begin_array();
  std::string_view rest = *said;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines.text(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  lines.end_array();
  return report.substr(0, report.rfind('}')) + ",\"last_words\":" + lines.take() + "}";
}

}  // namespace

CrashReports::CrashReports(std::string directory, Worker& worker, LogSink& log)
    : directory_(std::move(directory)), worker_(worker), log_(log) {}

std::string CrashReports::path_of(std::uint64_t id) const {
  return directory_ + "/" + std::string(kPrefix) + std::to_string(id) + std::string(kSuffix);
}

Result<void> CrashReports::load(std::int64_t taken_over) {
  if (auto made = ensure_directory(directory_); !made) return made;
  std::vector<std::uint64_t> ids;
  DIR* directory = ::opendir(directory_.c_str());
  if (directory == nullptr) return os_error("read " + directory_, errno);
  std::vector<std::string> left_over;
  while (const dirent* entry = ::readdir(directory)) {
    if (const auto id = id_of(entry->d_name)) ids.push_back(*id);
    if (is_last_words_file(entry->d_name) && entry->d_name != last_words_file(taken_over))
      left_over.push_back(directory_ + "/" + entry->d_name);
  }
  ::closedir(directory);
  for (const std::string& path : left_over) (void)::unlink(path.c_str());
  std::sort(ids.begin(), ids.end());
  for (const std::uint64_t id : ids) {
    next_id_ = id + 1;
    const auto text = read_file(path_of(id), kMaxBytes);
    const auto report = text ? JsonValue::parse(*text) : Result<JsonValue>(text.error());
    const auto summary = report ? report->find("summary") : std::nullopt;
    if (summary && summary->is_object()) summaries_.push_back({id, summary->dump()});
  }
  prune();
  return {};
}

void CrashReports::prune() {
  while (summaries_.size() > kKept) {
    const std::string path = path_of(summaries_.front().id);
    summaries_.pop_front();
    (void)worker_.submit([path] { (void)::unlink(path.c_str()); }, [] {});
  }
}

std::string CrashReports::last_words_path(std::int64_t pid) const {
  return directory_ + "/" + last_words_file(pid);
}

void CrashReports::read_last_words(std::int64_t pid, std::function<void(const std::string& words)> done) {
  auto words = std::make_shared<std::string>();
  auto finish = std::make_shared<std::function<void(const std::string&)>>(std::move(done));
  const bool taken = worker_.submit(
      [words, path = last_words_path(pid)] {
        auto said = read_file(path, kMaxLastWords);
        if (said) *words = std::move(said).value();
      },
      [words, finish] { (*finish)(*words); });
  if (!taken) (*finish)(*words);
}

void CrashReports::drop_last_words(std::int64_t pid) {
  (void)worker_.submit([path = last_words_path(pid)] { (void)::unlink(path.c_str()); }, [] {});
}

void CrashReports::add(std::string summary_json, std::string report_json, std::int64_t pid) {
  const std::uint64_t id = next_id_++;
  summaries_.push_back({id, std::move(summary_json)});
  auto outcome = std::make_shared<Result<void>>();
  const bool taken = worker_.submit(
      [outcome, path = path_of(id), words = last_words_path(pid), text = std::move(report_json)] {
        *outcome = replace_file(path, with_last_words(text, words) + "\n");
      },
      [this, outcome] {
        if (!outcome->ok())
          log_.write(LogLine(LogLevel::error, "crash_report_lost").with("story", outcome->error().story));
      });
  if (!taken) log_.write(LogLine(LogLevel::error, "crash_report_lost").with("story", "too much waits for the disk"));
  prune();
}

void CrashReports::read(std::uint64_t id, std::function<void(Result<std::string>)> done) {
  auto text = std::make_shared<Result<std::string>>(std::string());
  auto finish = std::make_shared<std::function<void(Result<std::string>)>>(std::move(done));
  const bool taken = worker_.submit([text, path = path_of(id)] { *text = read_file(path, kMaxBytes); },
                                    [text, finish] { (*finish)(*text); });
  if (!taken) (*finish)(Error{Errc::busy, "too much waits for the disk"});
}

}  // namespace s1mple
