#include "orchestrator/data/csv_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace s1mple {
namespace {

constexpr std::string_view kTooLong = "is longer than 256 bytes";
static_assert(CsvReader::kMaxLine == 256, "kTooLong names the limit");
constexpr std::string_view kEmpty = "is empty, and lines follow it";
constexpr std::string_view kBackwards = "its time lies before the one of the row before it";

}  // namespace

CsvReader::CsvReader(std::string name, std::unique_ptr<TextSource> text, OnBadLine on_bad_line)
    : name_(std::move(name)), text_(std::move(text)), on_bad_line_(on_bad_line) {}

Result<const CsvRow*> CsvReader::peek(const OnSkipped& skipped) {
  while (!row_) {
    if (failed_) return *failed_;
    Line line;
    const auto more = next_line(line);
    if (!more) return *(failed_ = more.error());
    if (!*more) return nullptr;
    if (line.text.empty() && !line.too_long) {
      if (!empty_line_) empty_line_ = read_.line;
      continue;
    }
    if (empty_line_) {
      const auto refused = refuse(*std::exchange(empty_line_, std::nullopt), kEmpty, skipped);
      if (!refused) return refused.error();
    }
    CsvRow row;
    const std::string_view wrong = judge(line, row);
    if (wrong.empty()) {
      read_.time = row.time;
      row_ = row;
    } else {
      const auto refused = refuse(read_.line, wrong, skipped);
      if (!refused) return refused.error();
    }
  }
  return &*row_;
}

void CsvReader::take() {
  ENSURE(row_, "a row is taken that was not shown");
  row_.reset();
  taken_ = read_;
}

Result<void> CsvReader::check(const Place& place) {
  if (place.offset == 0) return {};
  char around[2]{};
  const auto before = text_->read_at(place.offset - 1, std::span(around, 1));
  if (!before) return before.error();
  const auto behind = text_->read_at(place.offset, std::span(around + 1, 1));
  if (!behind) return behind.error();
  if (*before == 1 && (around[0] == '\n' || *behind == 0)) return {};
  return Error{Errc::invalid, name_ + ": no line ends at byte " + std::to_string(place.offset) +
                                  ": it is another file than the one that was replayed"};
}

void CsvReader::move_to(const Place& place) {
  taken_ = read_ = place;
  buffer_.clear();
  at_ = 0;
  buffer_offset_ = place.offset;
  row_.reset();
  empty_line_.reset();
  failed_.reset();
}

Result<bool> CsvReader::next_line(Line& line) {
  for (std::size_t searched = 0;;) {
    const char* const begin = buffer_.data() + at_;
    const std::size_t available = buffer_.size() - at_;
    const void* const end =
        searched == available ? nullptr : std::memchr(begin + searched, '\n', available - searched);
    if (end != nullptr) {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(end) - begin);
      line = finish_line(length, length + 1);
      return true;
    }
    if (available > kMaxLine) {
      const auto dropped = drop_long_line();
      if (!dropped) return dropped.error();
      line = {{}, true};
      return true;
    }
    searched = available;
    auto more = fill();
    if (!more) return more;
    if (*more) continue;
    if (available == 0) return false;
    line = finish_line(available, available);
    return true;
  }
}

// Moves what is left to the front and reads a chunk behind it; lines therefore stay whole.
Result<bool> CsvReader::fill() {
  buffer_.erase(0, at_);
  buffer_offset_ += at_;
  at_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + kChunk);
  const auto got = text_->read_at(buffer_offset_ + kept, std::span(buffer_.data() + kept, kChunk));
  buffer_.resize(kept + (got ? *got : 0));
  if (!got) return Error(got.error()).during("read " + name_);
  return *got > 0;
}

CsvReader::Line CsvReader::finish_line(std::size_t length, std::size_t end_length) {
  std::string_view text(buffer_.data() + at_, length);
  at_ += end_length;
  ++read_.line;
  read_.offset = buffer_offset_ + at_;
  if (text.ends_with('\r')) text.remove_suffix(1);
  return {text, text.size() > kMaxLine};
}

// Reads on to the end of a line without keeping it.
Result<void> CsvReader::drop_long_line() {
  for (;;) {
    const auto end = buffer_.find('\n', at_);
    if (end != std::string::npos) {
      (void)finish_line(end - at_, end - at_ + 1);
      return {};
    }
    at_ = buffer_.size();
    auto more = fill();
    if (!more) return more.error();
    if (!*more) {
      (void)finish_line(0, 0);
      return {};
    }
  }
}

std::string CsvReader::story(std::uint64_t line, std::string_view why) const {
  return name_ + ":" + std::to_string(line) + ": " + std::string(why);
}

std::string_view CsvReader::judge(const Line& line, CsvRow& row) const {
  if (line.too_long) return kTooLong;
  const std::string_view wrong = read_csv_row(line.text, row);
  if (!wrong.empty()) return wrong;
  return read_.time && row.time < *read_.time ? kBackwards : std::string_view{};
}

Result<void> CsvReader::refuse(std::uint64_t line, std::string_view why, const OnSkipped& skipped) {
  switch (on_bad_line_) {
    case OnBadLine::skip: skipped(story(line, why) + " (left out)"); return {};
    case OnBadLine::stop: failed_ = Error{Errc::invalid, story(line, why)}; return *failed_;
  }
  ENSURE(false, "OnBadLine out of range");
}

}  // namespace s1mple
