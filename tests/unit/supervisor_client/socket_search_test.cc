#include "supervisor/client/socket_search.h"

#include <cerrno>

#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::client;

using Paths = std::vector<std::string>;

TEST_CASE("the socket is looked for in the documented order") {
  struct Row {
    const char* name;
    std::string socket, home;
    Environment environment;
    Paths want;
  };
  const Environment full{"/env.sock", "/state:/other", "/root"};
  const auto row = GENERATE_COPY(values<Row>({
      {"--socket alone", "/a.sock", "", full, {"/a.sock"}},
      {"--home alone", "", "/h/", full, {"/h/control.sock"}},
      {"the environment's socket", "", "", full, {"/env.sock"}},
      {"the system's, then the state directory", "", "", {"", "/state:/other", "/root"},
       {"/run/s1mpletrader/control.sock", "/state/control.sock"}},
      {"the system's, then the user's", "", "", {"", "", "/root"},
       {"/run/s1mpletrader/control.sock", "/root/.local/state/s1mpletrader/control.sock"}},
      {"nothing known of the user", "", "", {}, {"/run/s1mpletrader/control.sock"}},
  }));
  INFO(row.name);
  const auto paths = socket_paths(row.socket, row.home, row.environment);
  REQUIRE(paths.ok());
  CHECK(*paths == row.want);
}

TEST_CASE("a path that no socket can have, and two places at once, are refused") {
  CHECK(socket_paths("/" + std::string(106, 'x'), "", {}).ok());
  CHECK_THAT(socket_paths("/" + std::string(107, 'x'), "", {}).error().story, contains("at most 107 bytes"));
  CHECK_THAT(socket_paths("/a", "/b", {}).error().story, contains("exclude each other"));
}

TEST_CASE("when nobody is there, one line says where was looked, what was found and how to start") {
  const Speaker speaker{"s1mple", ""};
  CHECK(nobody_there({{"/a", ENOENT, "", ""}, {"/b", ECONNREFUSED, "", ""}}, speaker) ==
        "no supervisor answers; looked at /a (no socket), /b (a socket, but nobody listens); start one with: "
        "s1mple run --config FILE, or: systemctl start s1mpletrader");
  CHECK_THAT(nobody_there({{"/a", EAGAIN, "", ""}}, speaker), contains("too many clients"));
  CHECK_THAT(nobody_there({{"/a", EIO, "", ""}}, speaker), contains("Input/output error"));
}

TEST_CASE("permission denied says who may") {
  const std::string text = nobody_there({{"/a", EACCES, "s1mple", "traders"}}, {"s1mple", ""});
  CHECK_THAT(text, contains("/a: permission denied; it belongs to user s1mple, group traders"));
  CHECK_THAT(nobody_there({{"/a", EACCES, "", ""}}, {"s1mple", ""}), contains("permission denied"));
}
