// DataSource: the state of one connection to market data, and what to do about it. Pure; the shell connects.
//
//   down -start-> connecting -connected-> live <-frame / silence of a channel-> stale
//   any of them -lost, silence of the line-> waiting -backoff over-> connecting        ended, stop -> down
//
// The line is dead after heartbeat_timeout without any frame; a channel is stale after stale_after without a
// row of its own, whatever the heartbeats say, and stays so until it has one, through any reconnect. A deadline that has passed is believed only on a second look
// kSecondLook later, because a process that was itself paused reads its frames late. Backoff is full jitter,
// U(0, min(cap, base * 2^n)), and n is forgotten only after the line was up for stable_after. Nothing here
// counts as absence of data.
// Units: WallTime is engine time. Owner: StrategyOrchestrator. Thread: loop. Errors: none.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/random.h"
#include "common/base/time.h"
#include "orchestrator/domain/event.h"

namespace s1mple {

struct DataSourceLimits {
  // Nothing: silence of the line, or of a channel, is never judged (replay).
  std::optional<Nanos> heartbeat_timeout = Nanos(5s);
  std::optional<Nanos> stale_after = Nanos(60s);
  Nanos connect_timeout = 10s;  // from the attempt to `connected`
  Nanos backoff_base = 500ms;
  Nanos backoff_cap = 60s;
  Nanos stable_after = 60s;
};

struct DataStep {
  bool changed = false;  // the state is another one than before
  DataState from = DataState::down;
  DataState to = DataState::down;
  std::string why;  // of a change, and of an ask
  DataAsk ask = DataAsk::none;
  std::vector<Symbol> channels;  // of resubscribe
};

class DataSource {
 public:
  static constexpr Nanos kSecondLook = 100ms;

  // The channels are the symbols subscribed to. The machine begins down; start() asks for the first
  // connection.
  DataSource(DataSourceLimits limits, std::vector<Symbol> channels, Random random);

  DataStep start(WallTime at);
  DataStep connected(WallTime at);
  DataStep heartbeat(WallTime at);
  DataStep trade(const Symbol& channel, WallTime at);
  DataStep lost(std::string_view reason, WallTime at);
  DataStep ended(WallTime at);  // nothing more will come: a replay's end
  DataStep stop(WallTime at);   // on purpose
  DataStep tick(WallTime at);

  [[nodiscard]] DataState state() const { return state_; }
  [[nodiscard]] WallTime since() const { return since_; }
  [[nodiscard]] std::optional<WallTime> wake_at() const;  // when tick() has something to say
  // Of any channel, since the process began.
  [[nodiscard]] std::optional<WallTime> last_frame() const { return last_frame_; }
  [[nodiscard]] std::optional<WallTime> last_trade(const Symbol& channel) const;
  [[nodiscard]] std::vector<Symbol> stale_channels() const;
  [[nodiscard]] std::uint64_t reconnects() const { return reconnects_; }  // connections after the first one
  [[nodiscard]] std::uint32_t failures() const { return failures_; }      // in a row: n of the backoff

 private:
  struct Channel {
    std::optional<WallTime> last_trade;  // nothing: none on any connection yet
    WallTime fresh_at;                   // last row, or when it was (re)subscribed
    bool stale = false;
    bool resubscribed = false;  // since its last row
  };
  [[nodiscard]] bool is_up() const { return state_ == DataState::live || state_ == DataState::stale; }
  [[nodiscard]] std::optional<WallTime> deadline() const;
  void move_to(DataState to, std::string_view why, WallTime at, DataStep& step);
  void fail(std::string_view why, WallTime at, DataStep& step);
  void judge_channels(WallTime at, DataStep& step);
  void attempt(std::string_view why, WallTime at, DataStep& step);
  [[nodiscard]] Nanos next_backoff();

  DataSourceLimits limits_;
  Random random_;
  std::map<Symbol, Channel> channels_;
  DataState state_ = DataState::down;
  WallTime since_;     // of state_
  WallTime up_since_;  // of the connection
  std::optional<WallTime> last_frame_;
  std::optional<WallTime> retry_at_;        // of waiting
  std::optional<WallTime> second_look_at_;  // a deadline has passed once
  std::uint32_t failures_ = 0;
  std::uint64_t connections_ = 0;
  std::uint64_t reconnects_ = 0;
};

}  // namespace s1mple
