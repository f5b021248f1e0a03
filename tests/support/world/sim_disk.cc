#include "tests/support/world/sim_disk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace s1mple {
namespace {

void put(std::vector<std::byte>& into, std::uint64_t offset, std::span<const std::byte> bytes) {
  const auto at = static_cast<std::size_t>(offset);
  if (into.size() < at + bytes.size()) into.resize(at + bytes.size());
  std::copy(bytes.begin(), bytes.end(), into.begin() + static_cast<std::ptrdiff_t>(at));
}

Error missing(std::string_view name) { return os_error(std::string(name), ENOENT); }

}  // namespace

// An open file; it stays the same file whatever happens to its name.
class SimFile final : public DiskFile {
 public:
  SimFile(SimDisk& disk, std::shared_ptr<SimDisk::Inode> inode, std::string name)
      : disk_(disk), inode_(std::move(inode)), name_(std::move(name)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    if (offset >= inode_->cached.size()) return std::size_t{0};
    const auto at = static_cast<std::size_t>(offset);
    const std::size_t size = std::min(into.size(), inode_->cached.size() - at);
    std::copy_n(inode_->cached.begin() + static_cast<std::ptrdiff_t>(at), size, into.begin());
    return size;
  }

  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    const std::string what =
        "write " + name_ + " " + std::to_string(offset) + "+" + std::to_string(bytes.size());
    if (auto begun = disk_.begin(what); !begun.ok()) {
      // The power went while the write was under way: any part of it may have arrived.
      if (disk_.power_is_off()) inode_->pending.push_back({offset, {bytes.begin(), bytes.end()}, false});
      return begun;
    }
    const std::uint64_t end = offset + bytes.size();
    const std::uint64_t grows = end > inode_->cached.size() ? end - inode_->cached.size() : 0;
    if (grows > 0 && disk_.used_bytes() + grows > disk_.capacity_) return os_error("write " + name_, ENOSPC);
    put(inode_->cached, offset, bytes);
    inode_->pending.push_back({offset, {bytes.begin(), bytes.end()}, false});
    return {};
  }

  Result<void> sync() override {
    if (auto begun = disk_.begin("sync " + name_); !begun.ok()) {
      // The pages count as clean from here on, but never reached the disk.
      if (!disk_.power_is_off()) inode_->pending.clear();
      return begun;
    }
    if (disk_.skip_ && disk_.skip_("file " + name_)) return {};
    inode_->durable = inode_->cached;
    inode_->pending.clear();
    return {};
  }

  Result<std::uint64_t> size() override { return std::uint64_t{inode_->cached.size()}; }

 private:
  SimDisk& disk_;
  std::shared_ptr<SimDisk::Inode> inode_;
  std::string name_;
};

Result<void> SimDisk::begin(const std::string& what) {
  if (before_each_) before_each_();
  if (power_is_off()) return os_error("power is off", EIO);
  ++operations_;
  trace_.push_back(std::to_string(operations_) + " " + what);
  if (power_is_off()) return os_error("power is off", EIO);
  const auto failing = failing_.find(operations_);
  return failing == failing_.end() ? Result<void>() : Result<void>(failing->second);
}

void SimDisk::apply(Names& names, const NameChange& change) {
  if (!change.removed.empty()) names.erase(change.removed);
  if (!change.added.empty()) names[change.added] = change.inode;
}

void SimDisk::change_names(NameChange change) {
  apply(names_, change);
  pending_names_.push_back(std::move(change));
}

Result<std::unique_ptr<DiskFile>> SimDisk::open(std::string_view name, OpenFor purpose) {
  const std::string file(name);
  auto found = names_.find(name);
  if (purpose == OpenFor::creating) {
    if (auto begun = begin("create " + file); !begun.ok()) return std::move(begun).error();
    if (found == names_.end()) {
      change_names({"", file, std::make_shared<Inode>()});
      found = names_.find(name);
    } else {
      // Not forced either: the old bytes may come back.
      found->second->cached.clear();
      found->second->pending.push_back({0, {}, true});
    }
  } else if (found == names_.end()) {
    return missing(name);
  }
  return std::unique_ptr<DiskFile>(std::make_unique<SimFile>(*this, found->second, file));
}

Result<std::vector<std::string>> SimDisk::list() {
  std::vector<std::string> names;
  for (const auto& [name, inode] : names_) names.push_back(name);
  return names;
}

Result<void> SimDisk::rename(std::string_view from, std::string_view to) {
  if (auto begun = begin("rename " + std::string(from) + " " + std::string(to)); !begun.ok()) return begun;
  const auto found = names_.find(from);
  if (found == names_.end()) return missing(from);
  change_names({std::string(from), std::string(to), found->second});
  return {};
}

Result<void> SimDisk::link(std::string_view from, std::string_view to) {
  if (auto begun = begin("link " + std::string(from) + " " + std::string(to)); !begun.ok()) return begun;
  const auto found = names_.find(from);
  if (found == names_.end()) return missing(from);
  if (names_.contains(to)) return os_error(std::string(to), EEXIST);
  change_names({"", std::string(to), found->second});
  return {};
}

Result<void> SimDisk::remove(std::string_view name) {
  if (auto begun = begin("remove " + std::string(name)); !begun.ok()) return begun;
  if (!names_.contains(name)) return missing(name);
  change_names({std::string(name), "", nullptr});
  return {};
}

Result<void> SimDisk::sync_directory() {
  if (auto begun = begin("sync directory"); !begun.ok()) return begun;
  if (skip_ && skip_("directory")) return {};
  for (const NameChange& change : pending_names_) apply(durable_names_, change);
  pending_names_.clear();
  return {};
}

std::uint64_t SimDisk::used_bytes() const {
  std::uint64_t used = 0;
  for (const auto& [name, inode] : names_) used += inode->cached.size();
  return used;
}

Result<std::uint64_t> SimDisk::free_bytes() {
  const std::uint64_t used = used_bytes();
  return used < capacity_ ? capacity_ - used : std::uint64_t{0};
}

void SimDisk::restart_process() {
  power_off_at_ = 0;
  failing_.clear();
  skip_ = nullptr;
  before_each_ = nullptr;
}

SimDisk::Bytes SimDisk::crashed(const Inode& inode, PowerCut how, Random& random) {
  Bytes bytes = inode.durable;
  for (const Pending& write : inode.pending) {
    if (write.truncates && (how == PowerCut::keeps_some ? random.chance(1, 2) : how != PowerCut::loses_all))
      bytes.clear();
    for (std::size_t at = 0; at < write.bytes.size();) {
      // Whole sectors of the disk, not of the write, arrive or do not.
      const std::uint64_t offset = write.offset + at;
      const std::size_t size =
          std::min<std::size_t>(kSectorBytes - offset % kSectorBytes, write.bytes.size() - at);
      const auto sector = std::span(write.bytes).subspan(at, size);
      at += size;
      switch (how) {
        case PowerCut::loses_all: break;
        case PowerCut::keeps_all:
        case PowerCut::keeps_data_loses_names: put(bytes, offset, sector); break;
        case PowerCut::keeps_some:
          if (random.chance(1, 2)) put(bytes, offset, sector);
          break;
        case PowerCut::zeroes_data:  // the file grew, its new blocks were never written
          if (bytes.size() < offset + size) bytes.resize(static_cast<std::size_t>(offset) + size);
          break;
      }
    }
  }
  return bytes;
}

std::unique_ptr<SimDisk> SimDisk::after_power_cut(PowerCut how, Random& random) const {
  Names names = durable_names_;
  for (const NameChange& change : pending_names_) {
    const bool kept = how == PowerCut::keeps_all || how == PowerCut::zeroes_data ||
                      (how == PowerCut::keeps_some && random.chance(1, 2));
    if (kept) apply(names, change);
  }
  auto disk = std::make_unique<SimDisk>();
  disk->capacity_ = capacity_;
  std::map<const Inode*, std::shared_ptr<Inode>> moved;  // links stay links
  for (const auto& [name, inode] : names) {
    auto& fresh = moved[inode.get()];
    if (!fresh) {
      fresh = std::make_shared<Inode>();
      fresh->cached = fresh->durable = crashed(*inode, how, random);
    }
    disk->names_[name] = disk->durable_names_[name] = fresh;
  }
  return disk;
}

std::unique_ptr<SimDisk> SimDisk::copy() const {
  auto disk = std::make_unique<SimDisk>();
  std::map<const Inode*, std::shared_ptr<Inode>> moved;
  const auto move = [&moved](const std::shared_ptr<Inode>& inode) {
    if (!inode) return std::shared_ptr<Inode>();
    auto& fresh = moved[inode.get()];
    if (!fresh) fresh = std::make_shared<Inode>(*inode);
    return fresh;
  };
  for (const auto& [name, inode] : names_) disk->names_[name] = move(inode);
  for (const auto& [name, inode] : durable_names_) disk->durable_names_[name] = move(inode);
  for (const NameChange& change : pending_names_)
    disk->pending_names_.push_back({change.removed, change.added, move(change.inode)});
  disk->capacity_ = capacity_;
  return disk;
}

std::optional<std::string> SimDisk::content(std::string_view name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return std::nullopt;
  const Bytes& bytes = found->second->cached;
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void SimDisk::set_content(std::string_view name, std::string_view content) {
  auto inode = std::make_shared<Inode>();
  const auto bytes = std::as_bytes(std::span(content.data(), content.size()));
  inode->cached = inode->durable = Bytes(bytes.begin(), bytes.end());
  names_[std::string(name)] = durable_names_[std::string(name)] = inode;
}

void SimDisk::forget(std::string_view name) {
  names_.erase(std::string(name));
  durable_names_.erase(std::string(name));
}

std::map<std::string, std::string> SimDisk::all() const {
  std::map<std::string, std::string> files;
  for (const auto& [name, inode] : names_) files[name] = *content(name);
  return files;
}

}  // namespace s1mple
