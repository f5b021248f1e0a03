// The file names of a store (FORMAT.md section 1). Anything else in the directory is left alone.
//
// Numbers are decimal, padded to 12 digits; a name that is not exactly what segment_file() would write is not a
// segment. Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace s1mple {

inline constexpr std::string_view kStateFile = "state.json";
inline constexpr std::string_view kJournalFile = "state.json.journal";
inline constexpr std::string_view kSpareFile = "spare.wal";
inline constexpr std::string_view kLockFile = "LOCK";

[[nodiscard]] std::string segment_file(std::uint64_t name);       // events-000000000120.wal
[[nodiscard]] std::string generation_file(std::uint64_t seq);     // state-000000000120.json
[[nodiscard]] std::string archive_file(std::uint64_t number);     // history-1.arc
[[nodiscard]] std::string torn_file(std::uint64_t segment, std::uint64_t offset);
[[nodiscard]] std::string aside_file(std::uint64_t epoch, std::string_view name);

[[nodiscard]] std::optional<std::uint64_t> parse_segment_file(std::string_view name);
[[nodiscard]] std::optional<std::uint64_t> parse_generation_file(std::string_view name);
[[nodiscard]] std::optional<std::uint64_t> parse_archive_file(std::string_view name);
// history-<n>.arc, whatever <n> is
[[nodiscard]] bool is_archive_file(std::string_view name);
// Everything that belongs to the books, so that `store archive` moves it; not LOCK.
[[nodiscard]] bool is_store_file(std::string_view name);

}  // namespace s1mple
