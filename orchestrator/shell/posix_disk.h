// PosixDisk: the Disk port on a directory, with pwrite and fdatasync only (no mmap, no io_uring), so that tracers
// see every step.
//
// Rule 17: every result is checked, EINTR is retried, short writes are continued. Paths are whole, so that a trace
// names each file. Files are created with mode 0600 and O_CLOEXEC. EFBIG (RLIMIT_FSIZE) counts as a full disk; the
// process must ignore SIGXFSZ. Thread: any. Errors: see Disk; a failed close after a sync is nothing to act on.
#pragma once

#include <string>

#include "orchestrator/state/disk.h"

namespace s1mple {

class PosixDisk final : public Disk {
 public:
  explicit PosixDisk(std::string directory) : directory_(std::move(directory)) {}

  Result<std::unique_ptr<DiskFile>> open(std::string_view name, OpenFor purpose) override;
  Result<std::vector<std::string>> list() override;
  Result<void> rename(std::string_view from, std::string_view to) override;
  Result<void> link(std::string_view from, std::string_view to) override;
  Result<void> remove(std::string_view name) override;
  Result<void> sync_directory() override;
  Result<std::uint64_t> free_bytes() override;

  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  [[nodiscard]] std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }
  std::string directory_;
};

}  // namespace s1mple
