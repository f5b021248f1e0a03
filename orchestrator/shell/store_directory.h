// StoreDirectory: the directory of one store, made durable and owned (rules 4 and 15).
//
// open() makes the directory if asked to, forces its name in its parent, and takes LOCK with an open file
// description lock: exclusive, not waiting, held until destruction, never deleted, not inherited by exec. The
// holder's pid stands inside for people. Thread: any. Errors: busy (somebody holds it; the story names the pid),
// not_found, io (also a directory that is not ours to write).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"

namespace s1mple {

class StoreDirectory {
 public:
  enum class Missing : std::uint8_t { refuse, create };
  [[nodiscard]] static Result<std::unique_ptr<StoreDirectory>> open(const std::string& path, Missing missing);
  ~StoreDirectory();
  StoreDirectory(const StoreDirectory&) = delete;
  StoreDirectory& operator=(const StoreDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  StoreDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;
};

// The pid in LOCK while somebody holds it; 0 when the holder's pid is not to be read. Nothing when nobody does.
[[nodiscard]] Result<std::optional<long>> store_locked_by(const std::string& path);

}  // namespace s1mple
