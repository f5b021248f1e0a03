// StoreDirectory: the directory of one store, made durable and owned (rules 4 and 15).
//
// open() makes the directory if asked to, forces its name in its parent, and takes LOCK: exclusive, not waiting,
// held until destruction or the process's end, never deleted. Whoever finds it taken is told the holder's pid.
// Thread: any. Errors: busy (somebody holds it), not_found, invalid (no directory), refused (another user's: what root
// wrote there its owner could not open), io (a file system that cannot be written).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/os/lock_file.h"

namespace s1mple {

class StoreDirectory {
 public:
  enum class Missing : std::uint8_t { refuse, create };
  enum class Owner : std::uint8_t { us, anybody };  // anybody: for who only holds the lock and writes nothing
  [[nodiscard]] static Result<StoreDirectory> open(const std::string& path, Missing missing, Owner owner = Owner::us);

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  StoreDirectory(std::string path, LockFile lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string path_;
  LockFile lock_;
};

// Refuses what is missing or no directory.
Result<void> check_store_directory(const std::string& path);
// The pid that holds the lock (0 when it cannot be told); nothing when nobody does. Looks only.
[[nodiscard]] Result<std::optional<long>> store_locked_by(const std::string& path);

}  // namespace s1mple
