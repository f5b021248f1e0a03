// What leaves the state for the archive, and how it is looked up there (FORMAT.md section 6).
//
// An entry is one order or one fill: its row as it stood in a snapshot, under each id that it is known by. A key is a
// letter and an id: 'c' client id, 'v' the venue's order id, 'e' execution id; the first key tells orders ('c') from
// fills ('e'). A batch is what left at one moment; it never changes, so the helper encodes it while the loop goes on.
// Thread: a batch may be read by two threads; a lookup belongs to the loop thread and may read the disk: a few
// preads, which is why it is asked only about an id that the state does not know.
// Errors: of a lookup: damaged, io. Then nobody knows whether the id is an old one, and nobody may guess.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace s1mple {

inline constexpr char kClientKey = 'c', kVenueKey = 'v', kExecutionKey = 'e';

struct ArchiveEntry {
  std::vector<std::string> keys;
  std::string row;  // a JSON object
  [[nodiscard]] bool is_order() const { return !keys.empty() && keys.front().front() == kClientKey; }
};

class ArchiveBatch {
 public:
  virtual ~ArchiveBatch() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual ArchiveEntry entry(std::size_t index) const = 0;
  // The keys of entry(index) alone; asked on the loop, so a large batch gives them without making the row.
  [[nodiscard]] virtual std::vector<std::string> keys(std::size_t index) const { return entry(index).keys; }
};

class ArchiveLookup {
 public:
  virtual ~ArchiveLookup() = default;
  // The row of the entry that has this key.
  [[nodiscard]] virtual Result<std::optional<std::string>> archived(std::string_view key) = 0;
};

}  // namespace s1mple
