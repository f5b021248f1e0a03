// The whole client against a socket in this process: what is sent, what is printed, which code it returns.

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/os/unique_fd.h"
#include "supervisor/client/client.h"
#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/status_fixtures.h"

using namespace s1mple;

namespace {

namespace fs = std::filesystem;

class Scratch {
 public:
  Scratch() {
    char name[] = "/tmp/s1mple-client-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] std::string operator/(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Answers each request line with the scripted reply for its method, "ID" replaced by the request's id.
class ScriptedServer {
 public:
  ScriptedServer(const std::string& path, std::vector<std::pair<std::string, std::string>> replies)
      : replies_(std::move(replies)), listening_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    REQUIRE(::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listening_.get(), 4) == 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    ::shutdown(listening_.get(), SHUT_RDWR);
    thread_.join();
  }
  // Lines received; complete once the client has returned.
  [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }

 private:
  void serve() {
    const UniqueFd client(::accept(listening_.get(), nullptr, nullptr));
    if (!client) return;
    std::string received;
    char chunk[4096];
    for (ssize_t size = 0; (size = ::read(client.get(), chunk, sizeof chunk)) > 0;) {
      received.append(chunk, static_cast<std::size_t>(size));
      for (auto end = received.find('\n'); end != std::string::npos; end = received.find('\n')) {
        requests_.push_back(received.substr(0, end));
        received.erase(0, end + 1);
        if (!answer(client.get(), requests_.back())) return;
      }
    }
  }

  bool answer(int fd, const std::string& line) {
    const auto request = JsonValue::parse(line);
    const std::string method = *request->text_at("method");
    for (const auto& [name, reply] : replies_) {
      if (name != method) continue;
      if (reply == "CLOSE") return false;
      if (reply == "SILENT") return true;
      const std::string text = "{\"jsonrpc\":\"2.0\",\"id\":" + request->find("id")->dump() + "," + reply + "}\n";
      return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) > 0;
    }
    return true;
  }

  std::vector<std::pair<std::string, std::string>> replies_;
  UniqueFd listening_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

std::string read_whole(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct ClientRun {
  int code = 0;
  std::string out, err;
};

// Standard output and error go to files while the client runs.
ClientRun run(const Scratch& scratch, std::vector<std::string> words) {
  words.insert(words.begin(), "/usr/bin/s1mple");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  const UniqueFd saved_out(::dup(1)), saved_err(::dup(2));
  const UniqueFd out(::open((scratch / "out").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600));
  const UniqueFd err(::open((scratch / "err").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600));
  ::dup2(out.get(), 1);
  ::dup2(err.get(), 2);
  const int code = run_client(static_cast<int>(argv.size()), argv.data());
  ::dup2(saved_out.get(), 1);
  ::dup2(saved_err.get(), 2);
  return {code, read_whole(scratch / "out"), read_whole(scratch / "err")};
}

std::string status_reply() { return "\"result\":" + parsed(running_status()).dump(); }

}  // namespace

TEST_CASE("the exit code and the words of each ending") {
  struct Row {
    const char* name;
    std::vector<std::string> words;
    std::pair<std::string, std::string> reply;
    int code;
    const char* out;
    const char* err;
  };
  const auto row = GENERATE(values<Row>({
      {"done", {"clear"}, {"clear", R"("result":{"from":"parked","to":"safe"})"}, 0, " PAPER  cleared: parked", ""},
      {"refused", {"clear"}, {"clear", R"("error":{"code":-32003,"message":"nothing is latched"})"}, 1, "",
       "s1mple: refused: nothing is latched"},
      {"refused, for a program", {"clear", "--json"},
       {"clear", R"("error":{"code":-32003,"message":"no","data":{"reason":"r"}})"}, 1,
       R"({"error":{"code":-32003,"message":"no","data":{"reason":"r"}}})", "refused: no (r)"},
      {"outcome unknown", {"halt", "x"}, {"halt", R"("error":{"code":-32001,"message":"no answer in 2 s"})"}, 69, "",
       "repeat the command with --key c-"},
      {"no orchestrator", {"orders"}, {"orders", R"("error":{"code":-32002,"message":"none runs"})"}, 69, "",
       "no orchestrator runs"},
      {"wrong parameter", {"flatten", "--limit-price", "x"},
       {"flatten", R"("error":{"code":-32602,"message":"limit_price"})"}, 64, "", "flatten: limit_price"},
      {"the supervisor ends before it answers", {"resume", "x"}, {"resume", "CLOSE"}, 69, "", "outcome unknown"},
      {"the supervisor never answers", {"resume", "x", "--timeout", "1"}, {"resume", "SILENT"}, 69, "",
       "outcome unknown"},
      {"json is the result alone", {"version", "--json"}, {"version", R"("result":{"version":"9"})"}, 0,
       R"("supervisor":{"version":"9"})", ""},
      {"a list", {"fills", "--json"}, {"fills", R"("result":{"items":[{"a":1}],"next":null})"}, 0,
       R"({"items":[{"a":1}],"next":null})", ""},
  }));
  INFO(row.name);
  const Scratch scratch;
  ScriptedServer server(scratch / "s.sock", {row.reply, {"status", status_reply()}});
  auto words = row.words;
  words.push_back("--socket=" + (scratch / "s.sock"));
  const ClientRun outcome = run(scratch, words);
  CHECK(outcome.code == row.code);
  CHECK_THAT(outcome.out, contains(row.out));
  CHECK_THAT(outcome.err, contains(row.err));
}

TEST_CASE("a change is asked under a key that the caller may choose") {
  const Scratch scratch;
  {
    ScriptedServer server(scratch / "s.sock", {{"halt", R"("result":{"halted":true,"durable":"both"})"}});
    CHECK(run(scratch, {"halt", "x", "--json", "--key", "my-own-key", "--socket", scratch / "s.sock"}).code == 0);
    REQUIRE(server.requests().size() == 1);
    CHECK(server.requests()[0] == R"({"jsonrpc":"2.0","id":"my-own-key","method":"halt","params":{"reason":"x"}})");
  }
}

TEST_CASE("wait returns with the evidence, not before") {
  const Scratch scratch;
  ScriptedServer server(scratch / "s.sock", {{"halt", R"("result":{"halted":true,"durable":"both"})"},
                                             {"status", status_reply()},
                                             {"orders", R"("result":{"items":[],"next":null})"},
                                             {"positions", R"("result":{"items":[],"next":null})"}});
  const ClientRun outcome = run(scratch, {"halt", "x", "--wait", "--socket", scratch / "s.sock"});
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, contains("seen to be done"));
}

TEST_CASE("wait without evidence says what is missing") {
  const Scratch scratch;
  ScriptedServer server(scratch / "s.sock", {{"halt", R"("result":{"halted":true,"durable":"both"})"},
                                             {"status", status_reply()},
                                             {"orders", R"("result":{"items":[{"client_id":"s-1"}],"next":null})"},
                                             {"positions", R"("result":{"items":[],"next":null})"}});
  const ClientRun outcome = run(scratch, {"halt", "x", "--wait", "--timeout", "1", "--socket", scratch / "s.sock"});
  CHECK(outcome.code == 69);
  CHECK_THAT(outcome.err, contains("1 order still open"));
}

TEST_CASE("nobody there is one line and 69, and version needs nobody") {
  const Scratch scratch;
  const ClientRun nobody = run(scratch, {"status", "--home", scratch / "none"});
  CHECK(nobody.code == 69);
  CHECK_THAT(nobody.err, contains("control.sock (no socket); start one with"));
  CHECK(std::count(nobody.err.begin(), nobody.err.end(), '\n') == 1);
  CHECK(run(scratch, {"version", "--home", scratch / "none"}).code == 0);
}

TEST_CASE("a wrong command line is 64 and names the commands, help is 0") {
  const Scratch scratch;
  const ClientRun unknown = run(scratch, {"frobnicate"});
  CHECK(unknown.code == 64);
  CHECK_THAT(unknown.err, contains("Commands: status, halt"));
  CHECK(run(scratch, {}).code == 64);
  CHECK(run(scratch, {"help"}).code == 0);
  CHECK_THAT(run(scratch, {"flatten", "--help"}).out, contains("--allow-stale"));
  CHECK(run(scratch, {"help", "nothing"}).code == 64);
}

TEST_CASE("main knows which words are the client's") {
  CHECK(is_client_command("status"));
  CHECK(is_client_command("alert-test"));
  CHECK(is_client_command("--help"));
  CHECK(!is_client_command("run"));
  CHECK(!is_client_command("check-config"));
  CHECK(!is_client_command(nullptr));
}
