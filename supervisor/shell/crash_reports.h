// One report for each death: a JSON file in <home>/crashes, written off the loop, the newest kKept are kept.
//
// A report is complete when it is handed in; its id is a growing number, known at once, so that the next start can
// be told. list() needs no disk: summaries are held in memory, read once at the start.
// Owner: the Supervisor. Thread: the loop's; the worker reads and writes. Failure: logged; a report that cannot be
// written is lost, the death itself stays in the log and in an alert.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace s1mple {

class LogSink;
class Worker;

class CrashReports {
 public:
  static constexpr std::size_t kKept = 50;
  static constexpr std::size_t kMaxBytes = 512 * 1024;
  static constexpr std::size_t kMaxLastWords = 16 * 1024;

  struct Summary {
    std::uint64_t id = 0;
    std::string json;  // the item of `crashes`
  };

  CrashReports(std::string directory, Worker& worker, LogSink& log);

  // Creates the directory and reads the summaries of what is there. Last words are dropped, but those of process
  // `taken_over`, whose end is still to be told (0: nobody).
  [[nodiscard]] Result<void> load(std::int64_t taken_over);
  [[nodiscard]] std::uint64_t next_id() const { return next_id_; }
  // `summary_json` and `report_json` are objects; the report holds the summary as its member "summary". What process
  // `pid` wrote with its last words (common/os/last_words.h) becomes the member "last_words", a list of lines.
  void add(std::string summary_json, std::string report_json, std::int64_t pid);
  // What it has written so far, later; empty where it is nothing or cannot be read.
  void read_last_words(std::int64_t pid, std::function<void(const std::string& words)> done);
  // The process has ended and its report, if any, was added.
  void drop_last_words(std::int64_t pid);
  [[nodiscard]] const std::deque<Summary>& summaries() const { return summaries_; }  // oldest first
  // The whole report, later.
  void read(std::uint64_t id, std::function<void(Result<std::string>)> done);

 private:
  [[nodiscard]] std::string path_of(std::uint64_t id) const;
  [[nodiscard]] std::string last_words_path(std::int64_t pid) const;
  void prune();

  std::string directory_;
  Worker& worker_;
  LogSink& log_;
  std::deque<Summary> summaries_;
  std::uint64_t next_id_ = 1;
};

}  // namespace s1mple
