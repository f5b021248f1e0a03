#include "orchestrator/data/data_source.h"

#include <functional>
#include <vector>

#include "tests/support/catch.h"

using namespace s1mple;

namespace {

const Symbol kBtc("BTC/EUR");
const Symbol kEth("ETH/EUR");

WallTime at(Nanos since_start) { return from_unix_nanos(1'700'000'000'000'000'000) + since_start; }

DataSourceLimits limits() {
  DataSourceLimits limits;
  limits.heartbeat_timeout = 5s;
  limits.stale_after = 30s;
  limits.connect_timeout = 10s;
  limits.backoff_base = 1s;
  limits.backoff_cap = 8s;
  limits.stable_after = 60s;
  return limits;
}

DataSource machine(DataSourceLimits given = limits()) { return {given, {kBtc, kEth}, Random(7)}; }

enum class Does { start, connected, heartbeat, btc, eth, stranger, lost, ended, stop, tick };

DataStep perform(DataSource& source, Does does, WallTime when) {
  switch (does) {
    case Does::start: return source.start(when);
    case Does::connected: return source.connected(when);
    case Does::heartbeat: return source.heartbeat(when);
    case Does::btc: return source.trade(kBtc, when);
    case Does::eth: return source.trade(kEth, when);
    case Does::stranger: return source.trade(Symbol("DOGE/EUR"), when);
    case Does::lost: return source.lost("connection reset", when);
    case Does::ended: return source.ended(when);
    case Does::stop: return source.stop(when);
    case Does::tick: return source.tick(when);
  }
  return {};
}

struct Line {
  Does does;
  Nanos when;
  DataState state;
  DataAsk ask = DataAsk::none;
};
struct Row {
  const char* name;
  std::vector<Line> lines;
};

// Heartbeats and ticks each second, as a live socket has them.
void keep_alive(DataSource& source, Nanos from, Nanos until) {
  for (Nanos now = from; now <= until; now += 1s) {
    (void)source.heartbeat(at(now));
    (void)source.tick(at(now));
  }
}

}  // namespace

TEST_CASE("data source: every event leads to the documented state and request") {
  using D = Does;
  using S = DataState;
  using A = DataAsk;
  const auto row = GENERATE(values<Row>({
      {"nothing happens before the start",
       {{D::tick, 1s, S::down}, {D::heartbeat, 2s, S::down}, {D::lost, 3s, S::down}}},
      {"a start connects, an answer makes it live",
       {{D::start, 0s, S::connecting, A::connect},
        {D::start, 1s, S::connecting},
        {D::connected, 2s, S::live},
        {D::connected, 3s, S::live},
        {D::start, 4s, S::live}}},
      {"a paper world is connected without being asked",
       {{D::connected, 0s, S::live}, {D::btc, 1s, S::live}}},
      {"rows of a line that is not up are not believed",
       {{D::start, 0s, S::connecting, A::connect},
        {D::btc, 1s, S::connecting},
        {D::heartbeat, 2s, S::connecting}}},
      {"an attempt that takes too long is closed on the second look",
       {{D::start, 0s, S::connecting, A::connect},
        {D::tick, 9s, S::connecting},
        {D::tick, 10s, S::connecting},
        {D::tick, 10s + 99ms, S::connecting},
        {D::tick, 10s + 100ms, S::waiting, A::close}}},
      {"a lost line waits and then tries again",
       {{D::connected, 0s, S::live},
        {D::lost, 1s, S::waiting},
        {D::lost, 1s, S::waiting},
        {D::tick, 2s, S::connecting, A::connect},
        {D::connected, 3s, S::live}}},
      {"a silent line is closed on the second look",
       {{D::connected, 0s, S::live}, {D::tick, 5s, S::live}, {D::tick, 5s + 100ms, S::waiting, A::close}}},
      {"a frame that was read late saves the line",
       {{D::connected, 0s, S::live},
        {D::tick, 9s, S::live},
        {D::heartbeat, 9s + 1ms, S::live},
        {D::tick, 9s + 100ms, S::live},
        {D::tick, 14s, S::live}}},
      {"a row of a stranger is a frame, too",
       {{D::connected, 0s, S::live},
        {D::stranger, 4s, S::live},
        {D::tick, 8s, S::live},
        {D::tick, 8s + 100ms, S::live}}},
      {"the end of a replay is no failure",
       {{D::connected, 0s, S::live},
        {D::ended, 1s, S::down},
        {D::tick, 99s, S::down},
        {D::ended, 100s, S::down}}},
      {"a stop closes the line",
       {{D::connected, 0s, S::live}, {D::stop, 1s, S::down, A::close}, {D::stop, 2s, S::down}}},
      {"a stop while waiting has nothing to close",
       {{D::connected, 0s, S::live},
        {D::lost, 1s, S::waiting},
        {D::stop, 1s, S::down},
        {D::tick, 99s, S::down}}},
      {"a stopped source starts again",
       {{D::connected, 0s, S::live},
        {D::stop, 1s, S::down, A::close},
        {D::start, 2s, S::connecting, A::connect}}},
  }));
  CAPTURE(row.name);
  DataSource source = machine();
  for (const auto& line : row.lines) {
    CAPTURE(to_ms(line.when));
    const DataState before = source.state();
    const DataStep step = perform(source, line.does, at(line.when));
    CHECK(to_text(source.state()) == to_text(line.state));
    CHECK(to_text(step.ask) == to_text(line.ask));
    CHECK(step.changed == (before != line.state));
    if (step.changed) {
      CHECK(step.from == before);
      CHECK(step.to == line.state);
      CHECK_FALSE(step.why.empty());
    }
  }
}

TEST_CASE("data source: a channel without rows is stale although heartbeats go on") {
  DataSource source = machine();
  (void)source.connected(at(0s));
  for (Nanos now = 1s; now <= 30s; now += 1s) {
    (void)source.heartbeat(at(now));
    (void)source.trade(kEth, at(now));
    (void)source.tick(at(now));
  }
  CHECK(source.state() == DataState::live);
  const DataStep step = source.tick(at(30s + 100ms));
  CHECK(source.state() == DataState::stale);
  CHECK(step.ask == DataAsk::resubscribe);
  CHECK(step.channels == std::vector{kBtc});
  CHECK(source.stale_channels() == std::vector{kBtc});

  SECTION("its next row makes it live again") {
    CHECK(source.trade(kEth, at(31s)).changed == false);
    CHECK(source.trade(kBtc, at(31s)).to == DataState::live);
    CHECK(source.stale_channels().empty());
  }
  SECTION("silence after the new subscription asks for a new connection") {
    for (Nanos now = 31s; now <= 60s; now += 1s) {
      (void)source.trade(kEth, at(now));
      CHECK(source.tick(at(now)).ask == DataAsk::none);
    }
    (void)source.trade(kEth, at(61s));
    CHECK(source.tick(at(61s)).ask == DataAsk::none);
    CHECK(source.tick(at(61s + 100ms)).ask == DataAsk::close);
    CHECK(source.state() == DataState::waiting);
    (void)source.tick(at(63s));
    CHECK(source.connected(at(64s)).to == DataState::stale);  // a connection is no row
    (void)source.trade(kEth, at(65s));
    CHECK(source.state() == DataState::stale);
    CHECK(source.trade(kBtc, at(66s)).to == DataState::live);
  }
}

TEST_CASE("data source: a channel that becomes stale beside another is subscribed again, too") {
  DataSource source = machine();
  (void)source.connected(at(0s));
  (void)source.trade(kEth, at(3s));
  keep_alive(source, 1s, 31s);
  CHECK(source.stale_channels() == std::vector{kBtc});
  (void)source.heartbeat(at(33s));
  (void)source.tick(at(33s));
  const DataStep step = source.tick(at(33s + 100ms));
  CHECK(step.ask == DataAsk::resubscribe);
  CHECK(step.channels == std::vector{kEth});
  CHECK_FALSE(step.changed);
  CHECK(source.trade(kEth, at(34s)).changed == false);
  CHECK(source.trade(kBtc, at(34s)).to == DataState::live);
}

TEST_CASE("data source: without limits silence is never judged") {
  DataSourceLimits patient = limits();
  patient.heartbeat_timeout.reset();
  patient.stale_after.reset();
  DataSource source = machine(patient);
  (void)source.connected(at(0s));
  CHECK_FALSE(source.wake_at());
  CHECK_FALSE(source.tick(at(24h)).changed);
  CHECK(source.state() == DataState::live);
}

TEST_CASE("data source: ticks at wake_at alone find every deadline") {
  DataSource source = machine();
  CHECK_FALSE(source.wake_at());
  (void)source.start(at(0s));
  CHECK(source.wake_at() == at(10s));
  (void)source.connected(at(1s));
  CHECK(source.wake_at() == at(6s));
  (void)source.tick(*source.wake_at());
  CHECK(source.wake_at() == at(6s) + DataSource::kSecondLook);
  const auto step = source.tick(*source.wake_at());
  CHECK(step.to == DataState::waiting);
  const auto retry = source.wake_at();
  REQUIRE(retry);
  CHECK(source.tick(*retry - 1ns).ask == DataAsk::none);
  CHECK(source.tick(*retry).ask == DataAsk::connect);
}

TEST_CASE("data source: backoff is full jitter up to a doubling ceiling and a cap") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    DataSource source(limits(), {kBtc}, Random(seed));
    WallTime now = at(0s);
    (void)source.start(now);
    Nanos ceiling = 1s;
    for (int failure = 0; failure < 6; ++failure) {
      (void)source.lost("refused", now);
      const Nanos waited = source.wake_at().value() - now;
      CHECK(waited >= 0s);
      CHECK(waited <= ceiling);
      now = source.wake_at().value();
      CHECK(source.tick(now).ask == DataAsk::connect);
      ceiling = std::min<Nanos>(ceiling * 2, 8s);
    }
  }
}

TEST_CASE("data source: jitter uses the whole range, so that machines do not reconnect in step") {
  int short_waits = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    DataSource source(limits(), {kBtc}, Random(seed));
    (void)source.connected(at(0s));
    (void)source.lost("reset", at(1s));
    if (source.wake_at().value() - at(1s) < 500ms) ++short_waits;
  }
  CHECK(short_waits > 140);
  CHECK(short_waits < 260);
}

TEST_CASE("data source: only a connection that stayed up forgets earlier failures") {
  struct Up {
    const char* name;
    Nanos up;
    std::uint32_t failures;
  };
  const auto row = GENERATE(values<Up>({{"up for a moment: remembered", 1s, 4},
                                        {"just below the stable period: remembered", 60s - 1ns, 4},
                                        {"the stable period: forgotten, this loss counts", 60s, 1}}));
  CAPTURE(row.name);
  DataSourceLimits patient = limits();
  patient.heartbeat_timeout.reset();
  patient.stale_after.reset();
  DataSource source = machine(patient);
  WallTime now = at(0s);
  (void)source.start(now);
  for (int failure = 0; failure < 3; ++failure) {
    (void)source.lost("refused", now);
    now = source.wake_at().value();
    (void)source.tick(now);
  }
  CHECK(source.failures() == 3);
  (void)source.connected(now);
  CHECK(source.failures() == 3);
  (void)source.lost("reset", now + row.up);
  CHECK(source.failures() == row.failures);
}

TEST_CASE("data source: counts the connections after the first and remembers the last frames") {
  DataSource source = machine();
  CHECK_FALSE(source.last_frame());
  (void)source.connected(at(0s));
  CHECK(source.reconnects() == 0);
  CHECK(source.last_frame() == at(0s));
  CHECK_FALSE(source.last_trade(kBtc));
  (void)source.trade(kBtc, at(1s));
  (void)source.heartbeat(at(2s));
  CHECK(source.last_trade(kBtc) == at(1s));
  CHECK(source.last_frame() == at(2s));
  (void)source.lost("reset", at(3s));
  (void)source.heartbeat(at(4s));
  CHECK(source.last_frame() == at(2s));
  (void)source.tick(at(9s));
  (void)source.connected(at(10s));
  CHECK(source.reconnects() == 1);
  CHECK(source.last_trade(kBtc) == at(1s));
}
