// SimDisk: the Disk of the simulated world. It forgets what was not forced, and lies as real disks do.
//
// Every file has what is on the platter and what is in the page cache; every directory change waits until
// sync_directory(). after_power_cut() gives the disk that a reboot would find: one legal choice among what was not
// forced (nothing, everything, sectors at random in any order, zeros in place of data). Faults are set per
// operation number: from the n-th on the power is off; the n-th fails (a sync that failed once drops the data and
// succeeds afterwards, as ext4, XFS and btrfs do); chosen syncs do nothing. A full disk is a capacity.
// Operations are counted from 1; reading is none. Thread: one. Errors: as Disk.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "orchestrator/state/disk.h"

namespace s1mple {

// What a power cut makes of bytes and names that were not forced.
enum class PowerCut : std::uint8_t { loses_all, keeps_all, keeps_some, zeroes_data, keeps_data_loses_names };
inline constexpr PowerCut kPowerCuts[] = {PowerCut::loses_all, PowerCut::keeps_all, PowerCut::keeps_some,
                                          PowerCut::zeroes_data, PowerCut::keeps_data_loses_names};

class SimDisk final : public Disk {
 public:
  static constexpr std::size_t kSectorBytes = 512;

  SimDisk() = default;
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;

  Result<std::unique_ptr<DiskFile>> open(std::string_view name, OpenFor purpose) override;
  Result<std::vector<std::string>> list() override;
  Result<void> rename(std::string_view from, std::string_view to) override;
  Result<void> link(std::string_view from, std::string_view to) override;
  Result<void> remove(std::string_view name) override;
  Result<void> sync_directory() override;
  Result<std::uint64_t> free_bytes() override;

  // Faults.
  void cut_power_at(std::uint64_t operation) { power_off_at_ = operation; }
  void fail_at(std::uint64_t operation, Error error) { failing_[operation] = std::move(error); }
  // The syncs for which `skip` is true answer good and do nothing. It is given "file <name>" or "directory".
  void skip_syncs(std::function<bool(const std::string& what)> skip) { skip_ = std::move(skip); }
  // Told before each operation; what it throws ends the process that asked for it.
  void before_each(std::function<void()> told) { before_each_ = std::move(told); }
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  // The faults above are over, a new process runs on the same machine: the page cache is as it was.
  void restart_process();
  [[nodiscard]] std::uint64_t operations() const { return operations_; }
  [[nodiscard]] bool power_is_off() const { return power_off_at_ != 0 && operations_ >= power_off_at_; }
  // What happened, for a failing test: "12 write events-000000000000.wal 4096+304".
  [[nodiscard]] const std::vector<std::string>& trace() const { return trace_; }

  [[nodiscard]] std::unique_ptr<SimDisk> after_power_cut(PowerCut how, Random& random) const;
  // An independent copy, page cache and all.
  [[nodiscard]] std::unique_ptr<SimDisk> copy() const;

  // Damage, as it would be found by the next reader: bytes as text.
  [[nodiscard]] std::optional<std::string> content(std::string_view name) const;
  void set_content(std::string_view name, std::string_view content);
  void forget(std::string_view name);
  // Names and bytes of all files, to see whether anything changed.
  [[nodiscard]] std::map<std::string, std::string> all() const;

 private:
  friend class SimFile;
  using Bytes = std::vector<std::byte>;
  struct Pending {
    std::uint64_t offset = 0;
    Bytes bytes;
    bool truncates = false;  // to nothing, instead of writing
  };
  struct Inode {
    Bytes cached, durable;
    std::vector<Pending> pending;
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>, std::less<>>;
  // A change of names that is not forced: `removed` goes, then `added` is there.
  struct NameChange {
    std::string removed, added;
    std::shared_ptr<Inode> inode;
  };

  // Counts the operation; the fault that hits it, if any.
  Result<void> begin(const std::string& what);
  void change_names(NameChange change);
  static void apply(Names& names, const NameChange& change);
  [[nodiscard]] std::uint64_t used_bytes() const;
  static Bytes crashed(const Inode& inode, PowerCut how, Random& random);

  Names names_, durable_names_;
  std::vector<NameChange> pending_names_;
  std::uint64_t operations_ = 0, power_off_at_ = 0;
  std::map<std::uint64_t, Error> failing_;
  std::function<bool(const std::string&)> skip_;
  std::function<void()> before_each_;
  std::uint64_t capacity_ = std::uint64_t{1} << 40;
  std::vector<std::string> trace_;
};

}  // namespace s1mple
