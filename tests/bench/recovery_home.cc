#include "tests/bench/recovery_home.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>

#include "common/os/clock.h"
#include "common/os/loop.h"
#include "orchestrator/domain/fact_codec.h"
#include "orchestrator/environment/books_folding.h"
#include "orchestrator/execution/order_ids.h"
#include "orchestrator/shell/store_files.h"
#include "orchestrator/venue/paper/paper_codec.h"
#include "orchestrator/venue/paper/paper_exchange.h"
#include "orchestrator/venue/paper/paper_folding.h"

namespace s1mple {
namespace {

constexpr Nanos kBetweenOrders = 3s;
constexpr int kOrdersBetweenReconciliations = 20;
constexpr std::uint64_t kRecordsInFlight = 256;
const Symbol kSymbol("BTC/EUR");
const StrategyName kStrategy("ladder");

template <class T>
T require(Result<T> result) {
  if (result.ok()) {
    if constexpr (std::is_void_v<T>)
      return;
    else
      return std::move(result).value();
  }
  std::fprintf(stderr, "bench_recovery: %s\n", result.error().story.c_str());
  std::exit(1);
}

class Home {
 public:
  Home(const std::string& home, const Configuration& configuration, const StoreOptions& options)
      : paper_(configuration.paper),
        books_store_(open(home + "/state", books_folding_, options)),
        exchange_store_(open(home + "/state/paper", exchange_folding_, options)) {
    paper_.instruments = configuration.instruments;
    exchange_ = std::make_unique<PaperExchange>(paper_, exchange_books_);
    time_ = std::max(clock_.wall() - 12h, books_.latest());
    epoch_ = books_store_->report().epoch;
  }
  void begin() {
    Random random(1);
    submit(exchange_->open(random, time_));
    submit(Record{IdentitySet{"paper", "paper", "paper", std::string(kTag), {}},
                  RunStarted{time_, epoch_, "normal", "start"}});
    for (const auto& [asset, balance] : exchange_books_.balances())
      submit(Record{BalanceSet{asset, balance.total, time_, Provenance::adopted}});
  }
  OrderIntent place(Decimal price, Side side) {
    OrderIntent intent;
    intent.client_id = make_client_id(kTag, {epoch_, ++number_});
    intent.strategy = kStrategy;
    intent.symbol = kSymbol;
    intent.side = side;
    intent.quantity = Quantity(Decimal::from_scaled(1, 2));
    intent.price = Price(price);
    intent.post_only = true;
    intent.purpose = "level " + std::to_string(number_) + " of the ladder";
    intent.created_at = time_;
    intent.deadline = time_ + 10s;
    submit(Record{OrderIntended{intent}, saved()});
    submit(Record{OrderSent{intent.client_id, time_}});
    PaperStep step = exchange_->on_request(SendOrder{intent}, epoch_, time_);
    submit(step);
    for (const EventBody& event : step.emissions)
      if (const auto* answer = std::get_if<OrderAnswer>(&event))
        submit(
            Record{OrderAccepted{intent.client_id, answer->venue_id, time_, Provenance::answered}, saved()});
    return intent;
  }
  void cancel(const OrderIntent& intent) {
    submit(Record{RequestChanged{intent.client_id, RequestKind::cancelling, true, time_, "asked by ladder"}});
    submit(exchange_->on_request(SendCancel{intent.client_id, {}, kSymbol}, epoch_, time_));
    submit(Record{OrderClosed{intent.client_id, Outcome::cancelled, "", time_, Provenance::pushed}, saved()});
  }
  void reconciled() { submit(Record{ReconciliationEnded{time_, "periodic", 0}}); }
  void pass(Nanos span) { time_ += span; }
  [[nodiscard]] std::uint64_t log_bytes() const { return log_bytes_; }

  void close(bool cleanly) {
    wait_for_disk();
    if (!cleanly) return;
    for (StoreFiles* files : {books_store_.get(), exchange_store_.get()}) {
      files->store().close([this](Result<void> closed) {
        require(std::move(closed));
        loop_.stop();
      });
      loop_.run();
    }
  }

 private:
  static constexpr std::string_view kTag = "bnch";

  std::unique_ptr<StoreFiles> open(const std::string& path, Folding& folding, const StoreOptions& options) {
    RecoverySettings settings;
    settings.options = options;
    auto directory = require(StoreDirectory::open(path, StoreDirectory::Missing::create));
    auto files = std::make_unique<StoreFiles>(loop_, std::move(directory), folding, clock_, settings);
    while (!require(files->recover())) {
    }
    return files;
  }
  // What a strategy of some size remembers.
  [[nodiscard]] Fact saved() const {
    return StrategySaved{
        kStrategy,
        R"({"mode":"running","reference":"50000.1","step":"0.1","number":)" + std::to_string(number_) + "}",
        {}};
  }
  void submit(const Record& record) {
    encoded_.clear();
    encode(record, encoded_);
    const auto bytes = std::as_bytes(std::span(encoded_));
    require(books_folding_.apply(bytes));
    books_store_->store().submit(bytes);
    log_bytes_ += bytes.size();
    if (++unsynced_ >= kRecordsInFlight) wait_for_disk();
  }
  void submit(const PaperStep& step) {  // its facts are in the exchange's books already
    if (!step.has_effect()) return;
    encoded_.clear();
    encode(step.facts, encoded_);
    exchange_store_->store().submit(std::as_bytes(std::span(encoded_)));
  }
  void wait_for_disk() {
    unsynced_ = 0;
    for (StoreFiles* files : {exchange_store_.get(), books_store_.get()}) {
      StateStore& store = files->store();
      for (store.flush(); store.durable_seq() < store.last_seq(); store.flush()) loop_.run_once(true);
    }
  }

  SystemClock clock_;
  Loop loop_;
  PaperConfig paper_;
  Books books_;
  PaperBooks exchange_books_;
  BooksFolding books_folding_{books_};
  PaperFolding exchange_folding_{exchange_books_};
  std::unique_ptr<StoreFiles> books_store_, exchange_store_;
  std::unique_ptr<PaperExchange> exchange_;
  std::string encoded_;
  WallTime time_{};
  std::uint64_t epoch_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t log_bytes_ = 0;
  std::uint64_t unsynced_ = 0;
};

}  // namespace

void make_home(const std::string& path, const Configuration& configuration, const HomeSize& size) {
  std::filesystem::create_directories(path);
  {
    StoreOptions small;  // so that the next run soon begins a segment of its own, with a snapshot in front
    small.close_segment_at = std::uint64_t{1} << 16;
    Home home(path, configuration, small);
    home.begin();
    for (int i = 0; i < size.open_orders; ++i) {
      const bool buys = i % 2 == 0;
      home.place(Decimal::from_scaled(buys ? 300'000 - i : 800'000 + i, 1), buys ? Side::buy : Side::sell);
      home.pass(10ms);
    }
    home.close(true);  // the snapshot
  }
  Home home(path, configuration, StoreOptions());
  for (int i = 1; home.log_bytes() < size.log_bytes; ++i) {
    const OrderIntent order = home.place(Decimal::from_scaled(290'000 - i % 1000, 1), Side::buy);
    home.pass(kBetweenOrders);
    home.cancel(order);
    if (i % kOrdersBetweenReconciliations == 0) home.reconciled();
  }
  home.close(false);
}

}  // namespace s1mple
