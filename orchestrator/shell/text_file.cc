#include "orchestrator/shell/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/os/unique_fd.h"

namespace s1mple {
namespace {

class TextFile final : public TextSource {
 public:
  TextFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
    for (;;) {
      const ssize_t got = ::pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(offset));
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) return os_error("read " + path_, errno);
    }
  }

 private:
  std::string path_;
  UniqueFd fd_;
};

}  // namespace

Result<std::unique_ptr<TextSource>> open_text_file(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return os_error("open " + path, errno);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return os_error("look at " + path, errno);
  if (!S_ISREG(status.st_mode)) return Error{Errc::invalid, path + " is not a file"};
  return std::unique_ptr<TextSource>(std::make_unique<TextFile>(path, std::move(fd)));
}

Result<void> can_read(const std::string& path) {
  auto opened = open_text_file(path);
  return opened ? Result<void>() : Result<void>(std::move(opened).error());
}

}  // namespace s1mple
