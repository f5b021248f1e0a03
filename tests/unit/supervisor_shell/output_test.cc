// What the orchestrator writes: its lines, the end of it for a report, and the files that a log turns over in.
#include <filesystem>
#include <fstream>

#include "common/os/loop.h"
#include "common/os/worker.h"
#include "supervisor/shell/log_sink.h"
#include "supervisor/shell/output_tail.h"
#include "tests/unit/common_os/os_fixture.h"

namespace s1mple {

namespace {

using Stream = OutputTail::Stream;

struct StoppedClock : Clock {
  [[nodiscard]] Instant now() const override { return Instant{1s}; }
  [[nodiscard]] WallTime wall() const override { return *parse_rfc3339("2026-11-22T15:44:00.000000Z"); }
};

}  // namespace

TEST_CASE("output tail: it keeps the last 64 KiB as they came, however they are cut") {
  for (const std::size_t chunk : {1UL, 7UL, 4096UL, 65536UL, 200000UL}) {
    CAPTURE(chunk);
    std::string all;
    for (std::size_t line = 0; all.size() < 200000; ++line) all += "line " + std::to_string(line) + "\n";
    OutputTail tail([](std::string_view) {});
    for (std::size_t at = 0; at < all.size(); at += chunk)
      tail.take(at % 2 == 0 ? Stream::out : Stream::error, std::string_view(all).substr(at, chunk));
    CHECK(tail.tail() == all.substr(all.size() - OutputTail::kTailBytes));
    tail.clear();
    CHECK(tail.tail().empty());
  }
}

TEST_CASE("output tail: lines are whole and of one stream each, long ones come in pieces, an unfinished one at the end") {
  std::vector<std::string> lines;
  OutputTail tail([&](std::string_view line) { lines.emplace_back(line); });
  tail.take(Stream::out, "first ");
  tail.take(Stream::error, "other\n\n");
  tail.take(Stream::out, "half\nrest");
  tail.take(Stream::error, std::string(LogSink::kMaxLine + 3, 'x') + "\n");
  tail.end(Stream::out);
  CHECK(lines == std::vector<std::string>{"other", "first half", std::string(LogSink::kMaxLine, 'x'), "xxx", "rest"});
}

TEST_CASE("log files: they turn over at their limit, and no more than kFiles of them are kept") {
  TemporaryDirectory home;
  const StoppedClock clock;
  Loop loop;
  Worker worker(loop);
  LogSink log(clock);
  const std::string logs = home.file("logs");
  log.use_directory(logs, worker);
  if (!std::filesystem::exists(logs)) return;  // where the tests run at a terminal, there are no files
  const std::string line(LogSink::kMaxLine, 'x');
  const std::uint64_t lines = (LogSink::kFiles + 2) * LogSink::kFileBytes / LogSink::kMaxLine;
  for (std::uint64_t n = 0; n < lines; ++n) {
    log.pass(line);
    if (n % 32 == 0) run_until(loop, [&] { return worker.pending() == 0; });
  }
  run_until(loop, [&] { return worker.pending() == 0; });
  CHECK(log.dropped_bytes() == 0);
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(logs)) {
    ++files;
    CHECK(file.file_size() <= LogSink::kFileBytes);
  }
  CHECK(files == LogSink::kFiles);
}

TEST_CASE("log files: what waits for a slow disk is bounded, and what is dropped is counted and said") {
  TemporaryDirectory home;
  const StoppedClock clock;
  Loop loop;
  Worker worker(loop);
  LogSink log(clock);
  log.use_directory(home.file("logs"), worker);
  if (!std::filesystem::exists(home.file("logs"))) return;
  const std::string line(LogSink::kMaxLine, 'x');
  for (int n = 0; n < 1000; ++n) log.pass(line);  // without a turn of the loop the worker's ends are not seen
  const std::uint64_t dropped = log.dropped_bytes();
  CHECK(dropped >= 1000 * LogSink::kMaxLine - 2 * LogSink::kMaxWaiting);
  run_until(loop, [&] { return worker.pending() == 0; });
  log.pass("after it");
  run_until(loop, [&] { return worker.pending() == 0; });
  std::ifstream file(home.file("logs") + "/supervisor.log");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK_THAT(text, Catch::Contains("log_dropped bytes=" + std::to_string(dropped)) && Catch::Contains("after it"));
}

}  // namespace s1mple
