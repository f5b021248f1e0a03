// PaperRig: the simulated exchange with a market that the test speaks, a log of its records, and restarts.
//
// After every step the books are checked (balances, reserved funds, filled quantities, the volume of each
// row), and what was emitted is kept. BTC/EUR: price step 0.1, quantity step 0.00000001, minimum 0.0001 and
// 0.5 EUR, 10000 EUR and 1 BTC, maker fee 0.25 %, taker fee 0.4 %, best prices 0.1 beside the last trade,
// levels of 5000 EUR every 1.0, and nothing ahead of our orders unless the test says so.
// Thread: the test's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/venue/paper/paper_codec.h"
#include "orchestrator/venue/paper/paper_exchange.h"

namespace s1mple {

inline const Symbol kBtcEur{"BTC/EUR"};

[[nodiscard]] Decimal decimal(const char* text);
[[nodiscard]] Instrument btc_eur();
[[nodiscard]] PaperConfig rig_config();

// intent("a1").sell().limit("50000.0").quantity("0.1")
struct TestIntent : OrderIntent {
  TestIntent& sell() {
    side = Side::sell;
    return *this;
  }
  TestIntent& market() {
    type = OrderType::market;
    price.reset();
    return *this;
  }
  TestIntent& limit(const char* at) {
    type = OrderType::limit;
    price = Price(decimal(at));
    return *this;
  }
  TestIntent& stop(const char* at) {
    type = OrderType::stop_loss;
    price = Price(decimal(at));
    return *this;
  }
  TestIntent& amount(const char* text) {
    quantity = Quantity(decimal(text));
    return *this;
  }
  TestIntent& maker_only() {
    post_only = true;
    return *this;
  }
};
// A buy of 0.01 BTC at 50000.0 whose deadline is far away.
[[nodiscard]] TestIntent intent(const char* client_id);

class PaperRig {
 public:
  explicit PaperRig(PaperConfig config = rig_config());
  PaperRig(const PaperRig&) = delete;  // the exchange borrows the configuration and the books

  // The next row of the market, one second after the last.
  PaperStep row(const char* price, const char* volume, std::optional<Side> taker = std::nullopt);
  PaperStep row(MarketTrade trade);
  PaperStep send(const OrderIntent& order);
  PaperStep cancel(const char* client_id);
  PaperStep cancel(const SendCancel& request);
  QueryAnswer ask(QueryKind kind, std::uint64_t offset = 0, WallTime since = {});
  void flush();
  // The process ends; the books come back from the log, and the market from the books' cursor on.
  void restart();
  // As if the record of the last step had not become durable.
  void lose_last_record() { log_.pop_back(); }

  [[nodiscard]] const PaperOrder& order(const char* client_id) const;
  // "0.1@50000.0 fee 20 maker" of each trade, oldest first.
  [[nodiscard]] std::vector<std::string> trades() const;
  [[nodiscard]] std::string balance(const char* asset) const;  // "total/reserved"
  [[nodiscard]] std::string snapshot() const;
  [[nodiscard]] const std::vector<std::string>& log() const { return log_; }
  [[nodiscard]] std::size_t records() const { return log_.size(); }

  PaperConfig config;
  std::uint64_t epoch = 1;
  WallTime time;
  std::unique_ptr<PaperBooks> books;
  std::unique_ptr<PaperExchange> exchange;

 private:
  struct Row {
    MarketTrade trade;
    MarketCursor cursor;
  };
  void keep(const PaperStep& step);
  void check_books() const;
  [[nodiscard]] std::string wrong_with(const PaperOrder& order, Quantity filled) const;
  void check_rows() const;

  std::vector<std::string> log_;
  std::vector<Row> rows_;
};

// The name of each emission, and what matters in it: "order accepted", "order refused duplicate_client_id",
// "cancel accepted", "push open", "push filled", "fill 0.1@50000".
[[nodiscard]] std::vector<std::string> told(const PaperStep& step);
[[nodiscard]] std::string reason_of(const PaperStep& step);  // of the first answer

// Books from records alone.
[[nodiscard]] std::unique_ptr<PaperBooks> fold(const std::vector<std::string>& log);
[[nodiscard]] std::string snapshot_of(const PaperBooks& books);

}  // namespace s1mple
