// The snapshot file: a JSON object with a self-checking header in front of the owner's state (FORMAT.md section 4).
//
// Every byte of the file is covered by the header's or the body's checksum, or must be exactly what the format says.
// Units: bytes. Thread: any. Errors: damaged (does not check out), unsupported (written by a newer version),
// not_found, io.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "orchestrator/state/archive_format.h"
#include "orchestrator/state/disk.h"

namespace s1mple {

inline constexpr std::size_t kSnapshotHeaderBytes = 2048;
inline constexpr std::string_view kSnapshotTail = "}\n";
// A larger state cannot be read back (RapidJSON's offsets) and says that something grows without a bound.
inline constexpr std::uint64_t kMaxSnapshotBytes = std::uint64_t{1} << 30;

struct SnapshotHeader {
  std::string kind;
  std::uint32_t state_format = 1;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  std::uint32_t digest = 0;
  std::uint64_t segment = 0;       // where reading goes on
  std::uint64_t segment_name = 0;
  bool salvaged = false;
  std::vector<ArchiveRef> archives;
  std::uint64_t body_bytes = 0;
  std::uint32_t body_crc = 0;

  // The order among snapshots: a later record, or the same one under a later epoch.
  [[nodiscard]] bool is_newer_than(const SnapshotHeader& other) const {
    return seq != other.seq ? seq > other.seq : epoch > other.epoch;
  }
};

struct Snapshot {
  SnapshotHeader header;
  std::string body;
};

[[nodiscard]] std::string encode_snapshot_header(const SnapshotHeader& header);
[[nodiscard]] Result<SnapshotHeader> decode_snapshot_header(std::string_view first_bytes);

// The header alone, checked against itself and the file's size; the body is not read.
[[nodiscard]] Result<SnapshotHeader> read_snapshot_header(Disk& disk, std::string_view file_name);
// The whole file, checked.
[[nodiscard]] Result<Snapshot> load_snapshot(Disk& disk, std::string_view file_name);
// Reads `file_name` back from the disk itself and checks every byte, in bounded memory (rule 20).
[[nodiscard]] Result<SnapshotHeader> verify_snapshot(Disk& disk, std::string_view file_name);

}  // namespace s1mple
