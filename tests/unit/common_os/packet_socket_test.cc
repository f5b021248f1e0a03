#include "common/os/packet_socket.h"

#include <sys/socket.h>

#include <string>
#include <vector>

#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

namespace {

// One end, and what it heard.
struct End {
  std::unique_ptr<PacketSocket> socket;
  std::vector<std::string> packets;
  bool closed = false;
  std::optional<Error> fault;

  void open(Loop& loop, UniqueFd fd) {
    socket = PacketSocket::open(loop, std::move(fd),
                                {[this](std::string_view packet) { packets.emplace_back(packet); },
                                 [this](const std::optional<Error>& why) { closed = true, fault = why; }})
                 .value();
  }
};

struct Pair {
  Loop loop;
  End a, b;
  Pair() {
    auto ends = PacketSocket::make_pair().value();
    a.open(loop, std::move(ends.first));
    b.open(loop, std::move(ends.second));
  }
};

}  // namespace

TEST_CASE("packet socket: packets arrive whole, in order, both ways") {
  Pair pair;
  REQUIRE(pair.a.socket->send("one"));
  REQUIRE(pair.a.socket->send(std::string("t\0wo", 4)));
  REQUIRE(pair.b.socket->send("three"));
  run_until(pair.loop, [&] { return pair.b.packets.size() == 2 && pair.a.packets.size() == 1; });
  CHECK(pair.b.packets == std::vector<std::string>{"one", std::string("t\0wo", 4)});
  CHECK(pair.a.packets.front() == "three");
}

TEST_CASE("packet socket: the largest packet passes; one byte more, or none, is refused") {
  Pair pair;
  const std::string largest(PacketSocket::kMaxPacket, 'x');
  REQUIRE(pair.a.socket->send(largest));
  run_until(pair.loop, [&] { return !pair.b.packets.empty(); });
  CHECK(pair.b.packets.front() == largest);
  CHECK(pair.a.socket->send(largest + "x").error().code == Errc::invalid);
  CHECK(pair.a.socket->send("").error().code == Errc::invalid);
}

TEST_CASE("packet socket: a peer that sends too large a packet is cut off with the reason") {
  Loop loop;
  auto ends = PacketSocket::make_pair().value();
  const int buffer = 1024 * 1024;
  ::setsockopt(ends.second.get(), SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  End end;
  end.open(loop, std::move(ends.first));
  const std::string too_large(PacketSocket::kMaxPacket + 1, 'x');
  REQUIRE(::send(ends.second.get(), too_large.data(), too_large.size(), 0) > 0);
  run_until(loop, [&] { return end.closed; });
  REQUIRE(end.fault);
  CHECK_THAT(end.fault->story, contains("over 262144 bytes"));
  CHECK(end.packets.empty());
  CHECK(end.socket->send("x").error().code == Errc::closed);
}

TEST_CASE(
    "packet socket: a peer that does not read fills the queue, which then refuses and loses nothing before") {
  Pair pair;
  const std::string packet(100'000, 'x');
  std::size_t accepted = 0;
  while (true) {
    const auto sent = pair.a.socket->send(packet + std::to_string(accepted));
    if (!sent) {
      CHECK(sent.error().code == Errc::busy);
      break;
    }
    ++accepted;
  }
  CHECK(pair.a.socket->queued() == PacketSocket::kMaxQueued);
  run_until(pair.loop, [&] { return pair.b.packets.size() == accepted; });
  for (std::size_t i = 0; i < accepted; ++i) REQUIRE(pair.b.packets[i] == packet + std::to_string(i));
  CHECK(pair.a.socket->queued() == 0);
}

TEST_CASE("packet socket: what a peer sent before it died still arrives, then the end, once") {
  Pair pair;
  for (int i = 0; i < 200; ++i) REQUIRE(pair.a.socket->send("last words"));
  pair.a.socket.reset();
  run_until(pair.loop, [&] { return pair.b.closed; });
  CHECK(pair.b.packets.size() == 200);
  CHECK_FALSE(pair.b.fault);
  settle(pair.loop);
}

TEST_CASE("packet socket: sending to a dead peer is an error and no signal") {
  Pair pair;
  pair.a.socket.reset();
  CHECK(pair.b.socket->send("x").error().code == Errc::closed);
  run_until(pair.loop, [&] { return pair.b.closed; });
}

TEST_CASE("packet socket: may be destroyed by either of its callbacks, and is silent afterwards") {
  Loop loop;
  auto ends = PacketSocket::make_pair().value();
  std::unique_ptr<PacketSocket> socket;
  int calls = 0;
  const bool in_packet = GENERATE(true, false);
  socket = PacketSocket::open(loop, std::move(ends.first),
                              {[&](std::string_view) {
                                 ++calls;
                                 if (in_packet) socket.reset();
                               },
                               [&](const std::optional<Error>&) {
                                 ++calls;
                                 socket.reset();
                               }})
               .value();
  REQUIRE(::send(ends.second.get(), "x", 1, 0) == 1);
  REQUIRE(::send(ends.second.get(), "y", 1, 0) == 1);
  ends.second.reset();
  run_until(loop, [&] { return socket == nullptr; });
  settle(loop);
  CHECK(calls == (in_packet ? 1 : 3));
}

TEST_CASE("packet socket: a descriptor of another kind is refused") {
  Loop loop;
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  const UniqueFd other(ends[1]);
  CHECK_FALSE(PacketSocket::open(loop, UniqueFd(ends[0]), {}));
  CHECK_FALSE(PacketSocket::open(loop, UniqueFd(), {}));
}
