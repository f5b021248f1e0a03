#include "orchestrator/shell/store_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "common/os/files.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

std::string lock_path(const std::string& path) { return path + "/" + std::string(kLockFile); }

// Rule 4: the store's own name, whoever made it and however that ended.
Result<void> force_name_of(const std::string& path) {
  std::filesystem::path whole = std::filesystem::absolute(path).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();
  return sync_directory(whole.parent_path().string());
}

// What root would write into another's store, that one could not open any more.
Result<void> check_owner(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return os_error("store directory '" + path + "'", errno);
  if (status.st_uid == ::geteuid()) return {};
  return Error{Errc::refused, "store directory '" + path + "' belongs to another user (uid " +
                                  std::to_string(status.st_uid) + "); run this as that user"};
}

}  // namespace

Result<void> check_store_directory(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return os_error("store directory '" + path + "'", errno);
  if (!S_ISDIR(status.st_mode)) return Error{Errc::invalid, "store directory '" + path + "' is no directory"};
  return {};
}

Result<StoreDirectory> StoreDirectory::open(const std::string& path, Missing missing, Owner owner) {
  auto checked = check_store_directory(path);
  if (!checked.ok() && checked.error().code == Errc::not_found && missing == Missing::create)
    checked = ensure_directory(path);
  if (checked.ok() && owner == Owner::us) checked = check_owner(path);
  if (!checked.ok()) return std::move(checked).error();
  auto lock = LockFile::take(lock_path(path));
  if (!lock.ok()) return std::move(lock).error();
  if (auto forced = force_name_of(path); !forced.ok()) return std::move(forced).error();
  return StoreDirectory(path, std::move(lock).value());
}

Result<std::optional<long>> store_locked_by(const std::string& path) {
  const auto holder = lock_holder(lock_path(path));
  if (!holder.ok()) return holder.error();
  return *holder ? std::optional(static_cast<long>(**holder)) : std::optional<long>();
}

}  // namespace s1mple
