// PaperEnvironment: a market source, the simulated exchange and its own durable books, put together to one world.
//
// It commits before it emits: what the exchange did leaves only when its books' record of it is durable.
// Paced (synthetic data):  market time runs with the clock. What was missed while nobody ran is played first against
//   the exchange's own book (catch_up), bounded by max_catch_up; for the rest of a longer absence trading paused.
// Lock-step (a replay):    market time stands still until the runtime plays the next row; `speed` only adds waiting.
//   The fills of a row are told, and all that follows from them is settled, before the row itself is shown.
//   After a restart each side gets the rows that it has not recorded, from the earlier of the two cursors on, so a
//   run with kills sees the same market as one without.
// Owner: the shell or a test. Thread: loop. Errors: through the listener, once.
#pragma once

#include <deque>
#include <string>

#include "common/base/random.h"
#include "orchestrator/data/market_source.h"
#include "orchestrator/environment/execution_environment.h"
#include "orchestrator/state/storage.h"
#include "orchestrator/venue/paper/paper_exchange.h"

namespace s1mple {

struct PaperPace {
  bool lock_step = false;
  // Lock-step: market seconds per second; 0: as fast as possible.
  Decimal speed;
  Nanos max_catch_up = 1h;
  Nanos heartbeat = 1s;         // paced: proof of the line between trades
  // Paced, a drill: so long after `connect` the line to the market says nothing for so long. 0: never.
  Nanos silence_after{};
  Nanos silence_for{};
};

class PaperEnvironment final : public ExecutionEnvironment, public StorageListener {
 public:
  static constexpr int kRowsPerTurn = 256;
  static constexpr Nanos kWriteCursor = 1s;     // paced: what is only remembered is written this often

  struct Parts {
    MarketSource& source;
    PaperExchange& exchange;
    PaperBooks& books;
    Storage& storage;              // of the exchange's books
    const Clock& clock;
    EnvironmentListener* listener = nullptr;
    std::uint64_t epoch = 0;       // of the orchestrator: stands on every request
    MarketCursor seen;             // how far the orchestrator's books saw the market
    WallTime seen_time;            // the youngest fact in them
    PaperPace pace;
    std::function<void(WallTime)> pause_until;   // paced: the source gives no row before this time
    std::function<void(const MarketTrade&)> on_row;   // told before each row that is played; may be empty
  };
  explicit PaperEnvironment(Parts parts);
  void set_listener(EnvironmentListener& listener) { parts_.listener = &listener; }

  // Before anything else: opens the books, finds the place in the market, brings market time up to the present.
  Result<void> open(Random& random);
  // One slice of what was missed; true when the exchange has caught up. Nothing is emitted: it is found by asking.
  Result<bool> catch_up();
  // The listener may be told from now on. The line to the market is up as soon as it is asked for.
  void connect();
  // The end: no further row happens, what happened is still told. A start plays what was missed.
  void stand_still() { connected_ = false; }
  void close_storage_with(std::function<void(std::function<void(Result<void>)>)> close) { close_ = std::move(close); }

  [[nodiscard]] WallTime now() const override;
  void perform(const SendOrder& request) override;
  void perform(const SendCancel& request) override;
  void perform(const AskVenue& request) override;
  void perform(const AskData& request) override;
  void flush() override;
  bool advance() override;
  [[nodiscard]] std::optional<Instant> wake_at() const override;
  [[nodiscard]] bool is_lock_step() const override { return parts_.pace.lock_step; }
  [[nodiscard]] bool is_quiet() const override { return emissions_.empty(); }
  [[nodiscard]] std::optional<WallTime> next_at() override;
  [[nodiscard]] bool next_has_effects() override;
  void play_next() override;
  void move_time(WallTime time) override;
  void close(std::function<void(Result<void>)> done) override;

  void on_durable(std::uint64_t seq) override;
  void on_store_failed(const Error& error) override;
  void on_space(Space space) override;

  [[nodiscard]] bool has_ended() const { return ended_; }

 private:
  struct Emission {
    std::uint64_t barrier = 0;
    EventBody event;
  };

  const MarketTrade* peek();
  void play(bool emit);
  void take(PaperStep step, bool emit = true);
  void emit(EventBody event);
  void release();
  [[nodiscard]] Instant due_at(WallTime row) const;
  [[nodiscard]] bool is_silent() const;

  Parts parts_;
  std::function<void(std::function<void(Result<void>)>)> close_;
  std::deque<Emission> emissions_;
  std::string encoded_;
  WallTime time_{};              // lock-step: market time
  WallTime catch_up_until_{};
  std::optional<MarketTrade> held_;  // lock-step: a row whose fills are told first, each with all that follows from it
  WallTime anchor_market_{};     // was market time at the real time `anchor_real_`
  Instant anchor_real_{};
  Instant connected_at_{};
  Instant next_heartbeat_{};
  Instant next_write_{};
  std::optional<Instant> row_due_;   // lock-step with a speed: when the next row may happen
  bool is_anchored_ = false;         // lock-step with a speed: the anchor is set
  bool connected_ = false;
  bool ended_ = false;
  bool failed_ = false;
};

}  // namespace s1mple
