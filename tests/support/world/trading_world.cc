#include "tests/support/world/trading_world.h"

#include <algorithm>
#include <set>
#include <utility>

#include "orchestrator/state/state_store.h"

namespace s1mple {
namespace {

constexpr std::uint64_t kSegment = std::uint64_t{16} << 10;

Decimal decimal(const std::string& text) { return *Decimal::parse(text); }

}  // namespace

Configuration world_configuration() {
  Configuration configuration;
  Instrument pair;
  pair.symbol = Symbol("BTC/EUR");
  pair.base = Asset("BTC");
  pair.quote = Asset("EUR");
  pair.price_step = Price(decimal("1"));
  pair.quantity_step = Quantity(decimal("0.1"));
  pair.quantity_min = Quantity(decimal("0.1"));
  pair.cost_min = Money(decimal("1"));
  pair.quantity_digits = 1;
  pair.cost_digits = 4;
  configuration.instruments = {pair};
  configuration.paper.balances = {{"EUR", decimal("100000")}, {"BTC", decimal("0")}};
  configuration.paper.queue_ahead_value = Decimal();
  configuration.paper.level_value = decimal("1000000");
  configuration.engine.risk.price_collar = decimal("0.5");
  configuration.engine.risk.max_order_value = Money(decimal("50000"));
  configuration.store.close_segment_at = kSegment;
  configuration.store.max_group_bytes = kSegment;
  configuration.store.log_hard_cap = 8 * configuration.store.segment_bytes();
  configuration.store.space_low = 3 * configuration.store.segment_bytes();
  configuration.store.space_out = configuration.store.segment_bytes() + 4096;
  return configuration;
}

// What dies with the process.
struct TradingWorld::Process final : RuntimeOutlet {
  // One store of the two.
  struct Store final : StorageListener {
    Store(SimDisk& disk_in, Folding& folding_in, const Clock& clock_in, Random random,
          const RecoverySettings& settings)
        : disk(disk_in),
          folding(folding_in),
          clock(clock_in),
          jobs(random),
          recovery(disk, folding, clock, settings) {}
    Result<void> open() {
      if (auto done = recovery.run(); !done.ok()) return done;
      store = std::make_unique<StateStore>(
          StateStore::Parts{disk, folding, clock, jobs.writer, jobs.helper, *this}, recovery);
      return {};
    }
    void on_durable(std::uint64_t seq) override {
      if (listener) listener->on_durable(seq);
    }
    void on_store_failed(const Error& error) override {
      if (listener) listener->on_store_failed(error);
    }
    void on_space(Space space) override {
      if (listener) listener->on_space(space);
    }

    SimDisk& disk;
    Folding& folding;
    const Clock& clock;
    ManualJobs jobs;
    StoreRecovery recovery;
    std::unique_ptr<StateStore> store;
    StorageListener* listener = nullptr;
  };

  Process(TradingWorld& its_world, const RecoverySettings& settings)
      : world(its_world),
        configuration(its_world.configuration),
        books_store(*its_world.books_disk_, books_folding, its_world.clock_, Random(its_world.random_.next()),
                    settings),
        exchange_store(*its_world.exchange_disk_, exchange_folding, its_world.clock_,
                       Random(its_world.random_.next()), settings) {}

  Result<void> begin(StartMode mode);
  void work();
  void perform(const Action& action) override;

  TradingWorld& world;
  Configuration configuration;
  Books books;
  PaperBooks exchange_books;
  BooksFolding books_folding{books, configuration.fill_horizon};
  PaperFolding exchange_folding{exchange_books, configuration.fill_horizon};
  Store books_store, exchange_store;
  FaultyEnvironment* faulty = nullptr;
  std::unique_ptr<PaperWorld> paper;
  std::vector<std::string> delivered;  // alerts, to be acknowledged
  std::optional<Stop> stopped;
};

Result<void> TradingWorld::Process::begin(StartMode mode) {
  if (auto done = books_store.open(); !done.ok()) return done;
  if (auto done = exchange_store.open(); !done.ok()) return done;
  PaperWorld::Parts parts{configuration,
                          books,
                          exchange_books,
                          *books_store.store,
                          *exchange_store.store,
                          world.clock_,
                          *this,
                          nullptr,
                          nullptr,
                          books_store.recovery.report().epoch,
                          1,
                          nullptr,
                          nullptr};
  parts.source = std::make_unique<ListedMarket>(world.rows_);
  parts.make_layer = [this](ExecutionEnvironment& inner) {
    auto layer = std::make_unique<FaultyEnvironment>(inner, world.clock_, world.faults);
    faulty = layer.get();
    return layer;
  };
  auto made = PaperWorld::make(std::move(parts));
  if (!made.ok()) return std::move(made).error();
  paper = std::move(*made);
  books_store.listener = &paper->runtime();
  exchange_store.listener = &paper->environment();
  Random random(7);
  if (auto opened = paper->open(random); !opened.ok()) return opened;
  for (auto done = paper->catch_up(); !done.ok() || !*done; done = paper->catch_up())
    if (!done.ok()) return std::move(done).error();
  // What others did meanwhile is in the exchange's books, and nobody was told.
  faulty->set_deaf(true);
  for (const auto& act : std::exchange(world.at_exchange_, {})) act();
  paper->environment().flush();
  work();
  faulty->set_deaf(false);

  StartInfo info;
  const RecoveryReport& report = books_store.recovery.report();
  info.epoch = report.epoch;
  info.mode = mode;
  info.cause = mode == StartMode::normal ? "start" : "signal";
  info.after_store_failed = world.after_store_failed();
  info.fell_back_to_older_generation = report.older_generation;
  info.new_tag = "test";
  info.environment = info.venue = info.account = "paper";
  paper->start(info);
  work();
  return {};
}

// All that needs no time to pass.
void TradingWorld::Process::work() {
  for (bool more = true; more;) {
    more = books_store.jobs.run_one();
    more = exchange_store.jobs.run_one() || more;
    for (const std::string& id : std::exchange(delivered, {})) {
      paper->runtime().post(AlertDelivered{id});
      more = true;
    }
  }
}

void TradingWorld::Process::perform(const Action& action) {
  if (const auto* alert = std::get_if<SendAlert>(&action)) {
    world.alerts_.push_back(*alert);
    delivered.push_back(alert->id);
  } else if (const auto* reply = std::get_if<Reply>(&action)) {
    world.replies_[reply->id] = *reply;
  } else if (const auto* stop = std::get_if<Stop>(&action)) {
    stopped = *stop;
  }
}

TradingWorld::TradingWorld() {
  configuration.strategies = {{StrategyName("alpha"), "planned", Symbol("BTC/EUR"),
                               [plan = plan] { return std::make_unique<PlannedStrategy>(plan); }}};
  faults.order_leaves = [this](const SendOrder& request) { note_sent(request); };
  faults.beside_request = faults.before_event = [this] { crash_point(); };
}
TradingWorld::~TradingWorld() = default;

void TradingWorld::trade_at(Nanos moment, const std::string& price, const std::string& volume) {
  MarketTrade row;
  row.symbol = Symbol("BTC/EUR");
  row.price = Price(decimal(price));
  row.quantity = Quantity(decimal(volume));
  row.time = begin_ + moment;
  row.row = rows_.size() + 1;
  rows_.push_back(std::move(row));
}

void TradingWorld::at(Nanos moment, std::function<void()> act) {
  timeline_.push_back({moment, std::move(act)});
}

void TradingWorld::kill_at(std::uint64_t point, End end) {
  kill_at_ = point;
  end_ = end;
}

void TradingWorld::crash_point() {
  if (++points_ != kill_at_) return;
  kill_at_ = kill_again_at_ == 0 ? 0 : points_ + std::exchange(kill_again_at_, 0);
  was_killed_ = true;
  throw Killed{};
}

void TradingWorld::start(StartMode mode) {
  for (SimDisk* disk : {books_disk_.get(), exchange_disk_.get()}) {
    disk->restart_process();
    disk->before_each([this] { crash_point(); });
  }
  if (failing_) books_disk_->fail_at(books_disk_->operations() + failing_->first, failing_->second);
  failing_.reset();
  process_ = std::make_unique<Process>(
      *this, RecoverySettings{.after_store_failed = after_store_failed(), .options = configuration.store});
  if (auto begun = process_->begin(mode); !begun.ok()) {
    refusal_ = std::move(begun).error();
    process_.reset();
  }
}

void TradingWorld::die() {
  process_.reset();
  ++deaths_;
  if (end_ != End::killed)
    books_disk_ = books_disk_->after_power_cut(
        end_ == End::power_lost ? PowerCut::loses_all : PowerCut::keeps_some, random_);
  clock_.advance(down_time);
}

// It stopped by itself; a supervisor would start the next one.
void TradingWorld::end_of_process() {
  stops_.push_back(*process_->stopped);
  process_.reset();
  clock_.advance(down_time);
}

void TradingWorld::act_what_is_due() {
  while (next_moment_ < timeline_.size() && timeline_[next_moment_].at <= since_begin())
    timeline_[next_moment_++].act();
}

void TradingWorld::run_until(Nanos until) {
  while (process_ && since_begin() < until) {
    act_what_is_due();
    process_->paper->runtime().poll();
    process_->work();
    if (process_->stopped) {
      end_of_process();
      return;
    }
    Nanos next = until - since_begin();
    if (next_moment_ < timeline_.size()) next = std::min(next, timeline_[next_moment_].at - since_begin());
    if (const auto due = process_->paper->runtime().wake_at()) next = std::min(next, *due - clock_.now());
    clock_.advance(std::max(next, Nanos(1'000'000)));
  }
}

void TradingWorld::play(Nanos until) {
  while (!refusal_ && (!process_ || since_begin() < until)) {
    try {
      act_what_is_due();
      if (!process_) start(deaths_ == 0 && stops_.empty() ? StartMode::normal : StartMode::recovery);
      run_until(until);
    } catch (const Killed&) {
      die();
    }
  }
}

void TradingWorld::restart(StartMode mode) {
  process_.reset();
  clock_.advance(down_time);
  start(mode);
}

void TradingWorld::command(const std::string& key, const std::string& method, const std::string& params) {
  if (!process_) return;
  Command command;
  command.id = command.key = key;
  command.by = "test";
  command.method = method;
  command.params = *JsonValue::parse(params);
  tell(std::move(command));
}

const Reply* TradingWorld::reply(const std::string& key) const {
  const auto found = replies_.find(key);
  return found == replies_.end() ? nullptr : &found->second;
}

void TradingWorld::tell(EventBody event) {
  if (!process_) return;
  process_->paper->runtime().post(std::move(event));
  process_->work();
}

void TradingWorld::order_by_another(OrderIntent intent) {
  const auto act = [this, intent = std::move(intent)] {
    process_->faulty->order_by_another(SendOrder{intent});
  };
  if (process_)
    act();
  else
    at_exchange_.push_back(act);
}

void TradingWorld::cancel_everything_at_exchange() {
  const auto act = [this] {
    const std::set<std::uint64_t> open = process_->exchange_books.open_orders();
    for (const std::uint64_t number : open) {
      const PaperOrder& order = process_->exchange_books.order(number);
      process_->faulty->cancel_by_another(SendCancel{order.client_id, {}, order.symbol});
    }
  };
  if (process_)
    act();
  else
    at_exchange_.push_back(act);
}

const Books& TradingWorld::books() const { return process_->books; }
const PaperBooks& TradingWorld::exchange() const { return process_->exchange_books; }
StrategyOrchestrator& TradingWorld::engine() const { return process_->paper->engine(); }

std::size_t TradingWorld::count_alerts(const std::string& code) const {
  return static_cast<std::size_t>(std::ranges::count(alerts_, code, &SendAlert::code));
}

// I1, I6: what leaves has its intent on the disk, and adds risk only while trading is active.
void TradingWorld::note_sent(const SendOrder& request) {
  sent_.push_back(request);
  const OrderIntent& intent = request.intent;
  if (process_->books.find_order(intent.client_id) == nullptr)
    broken_.push_back("I1: " + intent.client_id.text() + " left without an intent");
  const bool adds_risk = intent.side == Side::buy;
  if (adds_risk && engine().trading() != TradingMode::active)
    broken_.push_back("I6: " + intent.client_id.text() + " adds risk while trading is " +
                      std::string(to_text(engine().trading())));
}

}  // namespace s1mple
