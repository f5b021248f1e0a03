#include "common/os/stream_listener.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fstream>
#include <thread>

#include "common/os/line_client.h"
#include "common/os/line_connection.h"
#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

namespace {
std::unique_ptr<StreamListener> listen_at(Loop& loop, const std::string& path) {
  return StreamListener::open(loop, {path, 0600, {}}, [](UniqueFd) {}).value();
}

// The process has no descriptor to give while the loop looks at a waiting client.
void look_without_descriptors(Loop& loop) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none_left{0, before.rlim_max};
  // No assertion in between, and a timer was started before: the undefined-behaviour sanitizer looks into an expression,
  // and at an object of a type that it did not see yet, through a pipe of its own.
  Timer seen(loop, [] {});
  seen.start_after(24h);
  const bool taken = ::setrlimit(RLIMIT_NOFILE, &none_left) == 0;
  settle(loop);
  const bool given_back = ::setrlimit(RLIMIT_NOFILE, &before) == 0;
  REQUIRE(taken);
  REQUIRE(given_back);
}
}  // namespace

TEST_CASE("stream listener: a client's line is answered over the socket") {
  const TemporaryDirectory home;
  Loop loop;
  std::unique_ptr<LineConnection> connection;
  const auto listener =
      StreamListener::open(loop, {home.file("s"), 0600, {}}, [&](UniqueFd fd) {
        connection = LineConnection::open(
                         loop, std::move(fd), {},
                         {[&](std::string_view line) { connection->send_line("echo " + std::string(line)); },
                          [](const Error&) {}, nullptr, [&](const auto&) { loop.stop(); }})
                         .value();
      }).value();
  Result<std::string> first = Error{}, second = Error{};
  std::thread client_thread([&] {
    auto client = LineClient::connect(home.file("s")).value();
    (void)client.send_line("one", 10s);
    (void)client.send_line("two", 10s);
    first = client.read_line(10s);
    second = client.read_line(10s);
  });
  loop.run();
  client_thread.join();
  CHECK(first.value() == "echo one");
  CHECK(second.value() == "echo two");
}

TEST_CASE("stream listener: the file has exactly the rights asked for, and goes with the listener") {
  const TemporaryDirectory home;
  const mode_t before = ::umask(022);
  {
    Loop loop;
    const auto listener =
        StreamListener::open(loop, {home.file("s"), 0660, ::getegid()}, [](UniqueFd) {}).value();
    CHECK(mode_of(home.file("s")) == 0660);
  }
  ::umask(before);
  CHECK_FALSE(std::filesystem::exists(home.file("s")));
}

TEST_CASE("stream listener: a dead program's socket is replaced, a living one's is not") {
  const TemporaryDirectory home;
  Loop loop;
  const auto first = listen_at(loop, home.file("s"));
  const auto refused = StreamListener::open(loop, {home.file("s"), 0600, {}}, [](UniqueFd) {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::busy);
  CHECK(connect_stream(home.file("s")));

  // A socket bound and closed without unlink is what a kill -9 leaves behind.
  const UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  home.file("dead").copy(address.sun_path, 100);
  REQUIRE(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(connect_stream(home.file("dead")).error().code == Errc::refused);
  const auto second = listen_at(loop, home.file("dead"));
  CHECK(connect_stream(home.file("dead")));
}

TEST_CASE("stream listener: a file that is no socket is left alone") {
  const TemporaryDirectory home;
  std::ofstream(home.file("s")) << "precious";
  Loop loop;
  const auto refused = StreamListener::open(loop, {home.file("s"), 0600, {}}, [](UniqueFd) {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::exists);
  CHECK(std::filesystem::file_size(home.file("s")) == 8);
}

TEST_CASE("stream listener: a file that is not its own any more is not removed") {
  const TemporaryDirectory home;
  Loop loop;
  auto listener = listen_at(loop, home.file("s"));
  std::filesystem::remove(home.file("s"));
  std::ofstream(home.file("s")) << "another's";
  listener.reset();
  CHECK(std::filesystem::exists(home.file("s")));
}

TEST_CASE("stream listener: a path of 107 bytes works, one of 108 and an empty one are refused") {
  const TemporaryDirectory home;
  Loop loop;
  const std::string longest = home.file(std::string(StreamListener::kMaxPath - home.path().size() - 1, 'x'));
  REQUIRE(longest.size() == 107);
  const auto listener = listen_at(loop, longest);
  CHECK(connect_stream(longest));
  for (const auto& path : {longest + "x", std::string()}) {
    const auto refused = StreamListener::open(loop, {path, 0600, {}}, [](UniqueFd) {});
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().story, contains("1 to 107 bytes"));
    CHECK(connect_stream(path).error().code == Errc::invalid);
  }
}

TEST_CASE("stream listener: without descriptors it does not look again before its pause is over") {
  const TemporaryDirectory home;
  Loop loop;
  int accepted = 0;
  const auto listener =
      StreamListener::open(loop, {home.file("s"), 0600, {}, 24h}, [&](UniqueFd) { ++accepted; }).value();
  const auto client = connect_stream(home.file("s")).value();
  look_without_descriptors(loop);
  settle(loop);
  CHECK(accepted == 0);
}

TEST_CASE("stream listener: without descriptors it accepts what waited once its pause is over") {
  const TemporaryDirectory home;
  Loop loop;
  int accepted = 0;
  const auto listener =
      StreamListener::open(loop, {home.file("s"), 0600, {}, 1ms}, [&](UniqueFd) { ++accepted; }).value();
  const auto client = connect_stream(home.file("s")).value();
  look_without_descriptors(loop);
  run_until(loop, [&] { return accepted == 1; });
}

TEST_CASE("stream listener: may be destroyed by its own callback") {
  const TemporaryDirectory home;
  Loop loop;
  std::unique_ptr<StreamListener> listener;
  listener =
      StreamListener::open(loop, {home.file("s"), 0600, {}}, [&](UniqueFd) { listener.reset(); }).value();
  const auto first = connect_stream(home.file("s")).value();
  const auto second = connect_stream(home.file("s")).value();
  run_until(loop, [&] { return listener == nullptr; });
  settle(loop);
}

TEST_CASE("line client: says whether nothing is there, nobody listens, or nobody answers") {
  const TemporaryDirectory home;
  CHECK(LineClient::connect(home.file("none")).error().code == Errc::not_found);
  Loop loop;
  const auto listener = listen_at(loop, home.file("s"));
  auto client = LineClient::connect(home.file("s")).value();
  CHECK(client.read_line(1ms).error().code == Errc::timeout);
  std::unique_ptr<LineConnection> connection;
  settle(loop);  // the listener accepts and its callback drops the descriptor
  CHECK(client.read_line(10s).error().code == Errc::closed);
}

TEST_CASE("find group: by name, or not found") {
  CHECK(find_group("root").value() == 0);
  CHECK(find_group("no such group at all").error().code == Errc::not_found);
}

TEST_CASE("stream listener: a socket that an earlier program left is served on, with whoever waits in it") {
  const TemporaryDirectory home;
  Loop loop;
  const std::string path = home.file("s");
  UniqueFd left;
  {
    const auto before = listen_at(loop, path);
    left = UniqueFd(::dup(before->fd()));
    before->keep_file();
  }
  const auto waiting = connect_stream(path);
  REQUIRE(waiting.ok());
  int connections = 0;
  auto next = StreamListener::adopt(loop, {path, 0660, {}}, std::move(left), [&](UniqueFd) { ++connections; });
  REQUIRE(next.ok());
  CHECK(mode_of(path) == 0660);
  run_until(loop, [&] { return connections == 1; });
  next->reset();
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("stream listener: a socket of another path, without its file, or of another kind is not adopted") {
  const TemporaryDirectory home;
  Loop loop;
  const std::string path = home.file("s");
  auto before = listen_at(loop, path);
  const auto adopt = [&](const std::string& where, int fd) {
    return StreamListener::adopt(loop, {where, 0600, {}}, UniqueFd(::dup(fd)), [](UniqueFd) {}).ok();
  };
  CHECK_FALSE(adopt(home.file("another"), before->fd()));
  const auto connected = connect_stream(path);
  CHECK_FALSE(adopt(path, connected->get()));
  const UniqueFd file(::open("/dev/null", O_RDONLY));
  CHECK_FALSE(adopt(path, file.get()));
  const UniqueFd left(::dup(before->fd()));
  before.reset();  // takes the file along
  CHECK_FALSE(adopt(path, left.get()));
}
