// Small files, done so that a crash or a power cut leaves the old or the new one, never half of each.
//
// All calls block; whatever syncs may take seconds on a sick disk and does not belong on a loop that must
// answer. The order log has its own writer: this is for mirrors, tags, outboxes and reports.
// Errors: of the operating system, with the path in the story; Errc::no_space for a full disk,
//         Errc::not_found.
// Thread: any, each file by one at a time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/os/unique_fd.h"

namespace s1mple {

// The whole file; one longer than max_bytes is Errc::invalid.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

// Through every link; the path must lead to something that is there.
[[nodiscard]] Result<std::string> absolute_path(const std::string& path);

// Replaces `path` as a whole: "<path>.new" written and synced, renamed over it, directory synced. When it
// returns good the new content survives a power cut; when it fails the old content stands, or both did
// (after a failed sync of the directory, which is reported).
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view content, mode_t mode = 0600);

// Makes created, renamed and removed names in `directory` durable.
[[nodiscard]] Result<void> sync_directory(const std::string& directory);

// Creates what is missing of `path` with `mode`, durably. An existing directory must belong to us or to
// root and must not be writable by everybody, else Errc::refused.
[[nodiscard]] Result<void> ensure_directory(const std::string& path, mode_t mode = 0700);

// Bytes that an ordinary user may still write on the file system of `path`.
[[nodiscard]] Result<std::uint64_t> free_space(const std::string& path);

// A file that only grows.
class AppendFile {
 public:
  [[nodiscard]] static Result<AppendFile> open(const std::string& path, mode_t mode = 0600);
  // All of it or an Error; after an Error the file may end in a part of it.
  [[nodiscard]] Result<void> append(std::string_view bytes);
  // Durable when it returns good. After an Error nothing written before counts as durable.
  [[nodiscard]] Result<void> sync();
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  AppendFile(std::string path, UniqueFd fd, std::uint64_t size)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}
  std::string path_;
  UniqueFd fd_;
  std::uint64_t size_ = 0;
};

}  // namespace s1mple
