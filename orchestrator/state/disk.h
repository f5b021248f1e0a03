// Disk: the only way in which the store touches storage; one Disk is one directory.
//
// Implemented by PosixDisk (orchestrator/shell) and by the simulated disk of the tests, which loses power at any
// operation. Nothing is durable before sync(): a file's bytes after its own sync(), a name (created, renamed,
// linked, removed) after sync_directory(). write_at writes all or fails: short writes and EINTR are continued
// inside. Names are plain file names of this directory.
// Ownership: a DiskFile may outlive a rename or removal of its name; closing it never loses synced bytes.
// Thread: any, but one DiskFile is used by one thread at a time. Errors: io, no_space, not_found, exists; a failed
// sync is always io, for it is final whatever its reason (rule 9).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace s1mple {

class DiskFile {
 public:
  virtual ~DiskFile() = default;
  // The bytes read: fewer than asked only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;
  virtual Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  virtual Result<void> sync() = 0;
  [[nodiscard]] virtual Result<std::uint64_t> size() = 0;
};

enum class OpenFor : std::uint8_t {
  reading,
  reading_back,  // drops what the page cache holds of the file first, so that the disk itself answers
  writing,       // reads too; the file exists
  creating,      // reads and writes; made empty if it exists
};

class Disk {
 public:
  virtual ~Disk() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<DiskFile>> open(std::string_view name, OpenFor purpose) = 0;
  [[nodiscard]] virtual Result<std::vector<std::string>> list() = 0;  // plain files, sorted
  virtual Result<void> rename(std::string_view from, std::string_view to) = 0;
  virtual Result<void> link(std::string_view from, std::string_view to) = 0;
  virtual Result<void> remove(std::string_view name) = 0;
  virtual Result<void> sync_directory() = 0;
  [[nodiscard]] virtual Result<std::uint64_t> free_bytes() = 0;
};

}  // namespace s1mple
