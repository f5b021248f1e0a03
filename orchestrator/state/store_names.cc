#include "orchestrator/state/store_names.h"

#include <charconv>

namespace s1mple {
namespace {

constexpr std::string_view kSegmentHead = "events-", kSegmentTail = ".wal";
constexpr std::string_view kGenerationHead = "state-", kGenerationTail = ".json";
constexpr std::string_view kArchiveHead = "history-", kArchiveTail = ".arc";
constexpr std::size_t kDigits = 12;

std::string padded(std::uint64_t number) {
  std::string text = std::to_string(number);
  return text.size() < kDigits ? std::string(kDigits - text.size(), '0') + text : text;
}

std::string numbered(std::string_view head, std::uint64_t number, std::string_view tail) {
  return std::string(head) + padded(number) + std::string(tail);
}

std::optional<std::string_view> middle(std::string_view name, std::string_view head, std::string_view tail) {
  if (name.size() <= head.size() + tail.size() || !name.starts_with(head) || !name.ends_with(tail))
    return std::nullopt;
  return name.substr(head.size(), name.size() - head.size() - tail.size());
}

std::optional<std::uint64_t> parse_numbered(std::string_view name, std::string_view head, std::string_view tail) {
  const auto digits = middle(name, head, tail);
  if (!digits) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), number);
  if (error != std::errc{} || end != digits->data() + digits->size()) return std::nullopt;
  if (numbered(head, number, tail) != name) return std::nullopt;
  return number;
}

}  // namespace

std::string segment_file(std::uint64_t name) { return numbered(kSegmentHead, name, kSegmentTail); }
std::string generation_file(std::uint64_t seq) { return numbered(kGenerationHead, seq, kGenerationTail); }

std::string archive_file(std::uint64_t number) {
  return std::string(kArchiveHead) + std::to_string(number) + std::string(kArchiveTail);
}

std::string torn_file(std::uint64_t segment, std::uint64_t offset) {
  return "torn-" + std::to_string(segment) + "-" + std::to_string(offset) + ".bin";
}

std::string aside_file(std::uint64_t epoch, std::string_view name) {
  return "aside-" + std::to_string(epoch) + "-" + std::string(name);
}

std::optional<std::uint64_t> parse_segment_file(std::string_view name) {
  return parse_numbered(name, kSegmentHead, kSegmentTail);
}

std::optional<std::uint64_t> parse_generation_file(std::string_view name) {
  return parse_numbered(name, kGenerationHead, kGenerationTail);
}

std::optional<std::uint64_t> parse_archive_file(std::string_view name) {
  const auto digits = middle(name, kArchiveHead, kArchiveTail);
  if (!digits) return std::nullopt;
  std::uint64_t number = 0;
  std::from_chars(digits->data(), digits->data() + digits->size(), number);
  return archive_file(number) == name ? std::optional(number) : std::nullopt;
}

bool is_archive_file(std::string_view name) { return middle(name, kArchiveHead, kArchiveTail).has_value(); }

bool is_store_file(std::string_view name) {
  return name == kStateFile || name == kJournalFile || name == kSpareFile || parse_segment_file(name) ||
         parse_generation_file(name) || is_archive_file(name) || name.starts_with("torn-") ||
         name.starts_with("aside-");
}

}  // namespace s1mple
