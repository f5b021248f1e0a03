// CsvReader: the rows of one file of time and sales, in order, each with the place where it ends.
//
// It reads ahead in chunks but remembers only what was taken: offset and line stand behind the last row
// taken.
// Bad lines: those of csv_row.h, times that run backwards, lines over kMaxLine, and empty lines that are not
// the last ones. They stop the reading or are left out, as configured; both name file and line. CRLF is
// tolerated.
// Units: bytes, lines from 1. Owner: ReplayMarket. Thread: loop. Errors: a bad line, or what the disk says;
// sticky.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "orchestrator/data/csv_row.h"
#include "orchestrator/data/replay_config.h"
#include "orchestrator/data/text_source.h"

namespace s1mple {

class CsvReader {
 public:
  static constexpr std::size_t kChunk = 64U * 1024;
  static constexpr std::size_t kMaxLine = 256;

  // Where a reader stands: behind a row.
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t line = 0;        // lines read
    std::optional<WallTime> time;  // of the last row
    friend bool operator==(const Place&, const Place&) = default;
  };
  using OnSkipped = std::function<void(std::string story)>;

  CsvReader(std::string name, std::unique_ptr<TextSource> text, OnBadLine on_bad_line);

  // The next row; null at the end. `skipped` hears of every line that is left out on the way.
  Result<const CsvRow*> peek(const OnSkipped& skipped);
  void take();  // the row that peek() showed
  [[nodiscard]] const Place& place() const { return taken_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  // Whether a row of this very file can have ended there.
  Result<void> check(const Place& place);
  void move_to(const Place& place);  // checked before

 private:
  struct Line {
    std::string_view text;
    bool too_long = false;
  };
  Result<bool> next_line(Line& line);  // false: the end
  Result<bool> fill();                 // false: nothing more to read
  [[nodiscard]] Line finish_line(std::size_t length, std::size_t end_length);
  Result<void> drop_long_line();
  [[nodiscard]] std::string story(std::uint64_t line, std::string_view why) const;
  [[nodiscard]] std::string_view judge(const Line& line, CsvRow& row) const;
  Result<void> refuse(std::uint64_t line, std::string_view why, const OnSkipped& skipped);

  std::string name_;
  std::unique_ptr<TextSource> text_;
  OnBadLine on_bad_line_;
  std::string buffer_;
  std::size_t at_ = 0;               // in buffer_: the next line begins here
  std::uint64_t buffer_offset_ = 0;  // of buffer_[0] in the file
  Place taken_;
  Place read_;                               // behind the last line read
  std::optional<CsvRow> row_;                // read, not taken
  std::optional<std::uint64_t> empty_line_;  // seen, perhaps the last one
  std::optional<Error> failed_;
};

}  // namespace s1mple
