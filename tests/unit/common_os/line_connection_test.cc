#include "common/os/line_connection.h"

#include <sys/socket.h>

#include <string>
#include <vector>

#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

namespace {

// A connection whose other end is a plain descriptor in the test's hand.
struct Server {
  Loop loop;
  UniqueFd client;
  std::unique_ptr<LineConnection> connection;
  std::vector<std::string> lines, bad;
  int eofs = 0, closes = 0;
  std::optional<Error> fault;

  explicit Server(LineLimits limits = {}, bool wants_eof = false) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    client.reset(ends[1]);
    connection = LineConnection::open(loop, UniqueFd(ends[0]), limits,
                                      {[this](std::string_view line) { lines.emplace_back(line); },
                                       [this](const Error& why) { bad.push_back(why.story); },
                                       wants_eof ? std::function<void()>([this] { ++eofs; }) : nullptr,
                                       [this](const std::optional<Error>& why) { ++closes, fault = why; }})
                     .value();
  }
  void receive(std::string_view bytes) const {
    REQUIRE(::send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  [[nodiscard]] std::string sent() const {
    std::string bytes(1'000'000, '\0');
    const ssize_t size = ::recv(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return bytes;
  }
};

}  // namespace

TEST_CASE("line connection: bytes become lines wherever they are cut") {
  const std::string bytes = "one\n\ntwo words\r\nthree\n";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Server server;
    server.receive(bytes.substr(0, cut));
    settle(server.loop);
    server.receive(bytes.substr(cut));
    settle(server.loop);
    REQUIRE(server.lines == std::vector<std::string>{"one", "", "two words", "three"});
    REQUIRE(server.bad.empty());
  }
}

TEST_CASE(
    "line connection: a line at the limit passes, one past it is skipped, told once, and the next is read") {
  Server server({10, 1000});
  server.receive("0123456789\n0123456789a\nok\n" + std::string(100, 'x'));
  settle(server.loop);
  server.receive(std::string(100, 'x') + "\nfine\n");
  settle(server.loop);
  CHECK(server.lines == std::vector<std::string>{"0123456789", "ok", "fine"});
  CHECK(server.bad == std::vector<std::string>(2, "a line over 10 bytes"));
  CHECK(server.closes == 0);
}

TEST_CASE("line connection: half a line before the end is told, and the connection ends by itself") {
  Server server;
  server.receive("whole\nhal");
  ::shutdown(server.client.get(), SHUT_WR);
  run_until(server.loop, [&] { return server.closes == 1; });
  CHECK(server.lines == std::vector<std::string>{"whole"});
  CHECK(server.bad == std::vector<std::string>{"the last line has no end"});
  CHECK_FALSE(server.fault);
}

TEST_CASE("line connection: a peer that closed its writing half still gets the answer that comes later") {
  Server server({}, true);
  server.receive("question\n");
  ::shutdown(server.client.get(), SHUT_WR);
  run_until(server.loop, [&] { return server.eofs == 1; });
  settle(server.loop);
  CHECK(server.closes == 0);
  server.connection->send_line("answer");
  server.connection->close_when_sent();
  run_until(server.loop, [&] { return server.closes == 1; });
  CHECK(server.sent() == "answer\n");
  CHECK_FALSE(server.fault);
}

TEST_CASE("line connection: a reader that never reads is dropped with the reason, not within send_line") {
  Server server({64 * 1024, 300'000});
  const std::string line(1000, 'x');
  for (int i = 0; i < 10'000; ++i) server.connection->send_line(line);
  CHECK(server.closes == 0);
  CHECK(server.connection->queued_bytes() <= 300'000);
  run_until(server.loop, [&] { return server.closes == 1; });
  REQUIRE(server.fault);
  CHECK_THAT(server.fault->story, contains("too slow"));
  server.connection->send_line("ignored");
  settle(server.loop);
  CHECK(server.closes == 1);
}

TEST_CASE("line connection: a slow reader gets everything in order") {
  Server server({64 * 1024, 4'000'000});
  std::string expected, received;
  for (int i = 0; i < 2000; ++i) {
    const std::string line = std::to_string(i) + std::string(1000, 'x');
    server.connection->send_line(line);
    expected += line + "\n";
  }
  while (received.size() < expected.size()) {
    settle(server.loop);
    received += server.sent();
  }
  CHECK(received == expected);
  CHECK(server.connection->queued_bytes() == 0);
}

TEST_CASE("line connection: a peer that vanishes ends it once, whatever was queued") {
  Server server;
  for (int i = 0; i < 500; ++i) server.connection->send_line(std::string(1000, 'x'));
  server.client.reset();
  run_until(server.loop, [&] { return server.closes == 1; });
  server.connection->send_line("nobody");
  settle(server.loop);
  CHECK(server.closes == 1);
}

TEST_CASE("line connection: a peer that vanishes after its half was closed is noticed at the next line") {
  Server server({}, true);
  ::shutdown(server.client.get(), SHUT_WR);
  run_until(server.loop, [&] { return server.eofs == 1; });
  server.client.reset();
  server.connection->send_line("nobody");
  run_until(server.loop, [&] { return server.closes == 1; });
}

TEST_CASE("line connection: may be destroyed by any of its callbacks") {
  const int which = GENERATE(0, 1, 2, 3);
  Loop loop;
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  UniqueFd client(ends[1]);
  std::unique_ptr<LineConnection> connection;
  int calls = 0;
  const auto act = [&](int me) {
    ++calls;
    if (me == which) connection.reset();
  };
  connection = LineConnection::open(loop, UniqueFd(ends[0]), {5, 100},
                                    {[&](std::string_view) { act(0); }, [&](const Error&) { act(1); },
                                     [&] { act(2); }, [&](const std::optional<Error>&) { act(3); }})
                   .value();
  if (which == 3) connection->close_when_sent();
  REQUIRE(::send(client.get(), "a\ntoo long\nb\n", 13, 0) == 13);
  client.reset();
  run_until(loop, [&] { return connection == nullptr; });
  settle(loop);
  CHECK(calls == (which == 0 ? 1 : which == 1 ? 2 : which == 2 ? 4 : 1));
}

TEST_CASE("line connection: a too slow reader's connection may be destroyed before it is told") {
  Server server({100, 100});
  server.connection->send_line(std::string(200, 'x'));
  server.connection.reset();
  settle(server.loop);
  CHECK(server.closes == 0);
}

TEST_CASE("line connection: knows who is at the other end") {
  const Server server;
  const auto peer = server.connection->peer().value();
  CHECK(peer.pid == ::getpid());
  CHECK(peer.uid == ::geteuid());
}
