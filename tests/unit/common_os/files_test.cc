#include "common/os/files.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

namespace {

std::size_t entries_in(const std::string& directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

// A disk that is full after `bytes`: the file size limit makes write fail with EFBIG, in part first.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("read file: at the limit whole, one byte past it refused, missing is not found") {
  const TemporaryDirectory home;
  std::ofstream(home.file("f")) << std::string(100'000, 'x');
  CHECK(read_file(home.file("f"), 100'000).value() == std::string(100'000, 'x'));
  CHECK(read_file(home.file("f"), 99'999).error().code == Errc::invalid);
  const auto missing = read_file(home.file("none"), 10);
  CHECK(missing.error().code == Errc::not_found);
  CHECK_THAT(missing.error().story, contains(home.file("none")));
  CHECK_FALSE(read_file(home.path(), 10));
}

TEST_CASE("replace file: the new content stands whole, with its mode, and nothing else is left") {
  const TemporaryDirectory home;
  REQUIRE(replace_file(home.file("f"), "old and longer"));
  REQUIRE(replace_file(home.file("f"), "new"));
  CHECK(read_file(home.file("f"), 100).value() == "new");
  CHECK(mode_of(home.file("f")) == 0600);
  CHECK(entries_in(home.path()) == 1);
}

TEST_CASE("replace file: when the disk is full the old content stands and no half file stays") {
  const TemporaryDirectory home;
  REQUIRE(replace_file(home.file("f"), "old"));
  {
    const FileSizeLimit limit(10'000);
    CHECK_FALSE(replace_file(home.file("f"), std::string(20'000, 'x')));
  }
  CHECK(read_file(home.file("f"), 100).value() == "old");
  CHECK(entries_in(home.path()) == 1);
}

TEST_CASE(
    "replace file: a left-over of a crash is overwritten, a link planted in its place is not followed") {
  const TemporaryDirectory home;
  std::ofstream(home.file("f.new")) << "half of someth";
  REQUIRE(replace_file(home.file("f"), "new"));
  CHECK(read_file(home.file("f"), 100).value() == "new");
  std::ofstream(home.file("victim")) << "precious";
  std::filesystem::create_symlink(home.file("victim"), home.file("f.new"));
  CHECK_FALSE(replace_file(home.file("f"), "newer"));
  CHECK(read_file(home.file("victim"), 100).value() == "precious");
}

TEST_CASE("append file: grows across openings; a failed append says so") {
  const TemporaryDirectory home;
  {
    auto file = AppendFile::open(home.file("log")).value();
    REQUIRE(file.append("one\n"));
    REQUIRE(file.sync());
    CHECK(file.size() == 4);
  }
  auto file = AppendFile::open(home.file("log")).value();
  CHECK(file.size() == 4);
  REQUIRE(file.append("two\n"));
  CHECK(read_file(home.file("log"), 100).value() == "one\ntwo\n");
  const FileSizeLimit limit(8);
  CHECK_FALSE(file.append("three\n"));
}

TEST_CASE("ensure directory: creates what is missing, privately, and accepts what is there") {
  const TemporaryDirectory home;
  for (const auto* path : {"a/b/c", "a/b/c", "a/b/c/", "d//e///"}) {
    CAPTURE(path);
    REQUIRE(ensure_directory(home.file(path)));
    CHECK(mode_of(home.file(path)) == 0700);
  }
  CHECK(mode_of(home.file("a")) == 0700);
  CHECK(ensure_directory("/"));
}

TEST_CASE("ensure directory: refuses what it cannot trust") {
  const TemporaryDirectory home;
  std::ofstream(home.file("file")) << "x";
  CHECK(ensure_directory(home.file("file")).error().code == Errc::refused);
  CHECK_FALSE(ensure_directory(home.file("file/below")));
  REQUIRE(ensure_directory(home.file("open")));
  REQUIRE(::chmod(home.file("open").c_str(), 0777) == 0);
  CHECK_THAT(ensure_directory(home.file("open")).error().story, contains("written by everybody"));
  CHECK_FALSE(ensure_directory(""));
  if (::geteuid() == 0) {
    REQUIRE(ensure_directory(home.file("foreign")));
    REQUIRE(::chown(home.file("foreign").c_str(), 12345, 12345) == 0);
    CHECK_THAT(ensure_directory(home.file("foreign")).error().story, contains("another user (uid 12345)"));
  }
}

TEST_CASE("free space: of a directory that exists") {
  const TemporaryDirectory home;
  CHECK(free_space(home.path()).value() > 0);
  CHECK(free_space(home.file("none")).error().code == Errc::not_found);
}
