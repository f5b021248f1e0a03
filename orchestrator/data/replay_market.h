// ReplayMarket: recorded trades of one or several pairs as one market, merged by time.
//
// Of equal times the file that stands first in the configuration comes first, and within a file its own order
// stays, so that rows are numbered alike in every run. The cursor holds, for each file, byte offset, line and
// time behind the last row taken; a file that has changed under it is refused as far as that can be seen.
// Units:  times are those of the files. Owner: the environment. Thread: loop.
// Errors: peek() at a bad line (on_bad_line = stop) or a disk error, sticky; restore() of a foreign cursor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "orchestrator/data/csv_reader.h"
#include "orchestrator/data/market_source.h"

namespace s1mple {

struct ReplayInput {
  Symbol symbol;
  std::string name;  // of the file, for messages
  std::unique_ptr<TextSource> text;
};

class ReplayMarket final : public MarketSource {
 public:
  ReplayMarket(std::vector<ReplayInput> inputs, OnBadLine on_bad_line);

  Result<const MarketTrade*> peek() override;
  MarketTrade take() override;
  [[nodiscard]] MarketCursor cursor() const override;
  Result<void> restore(const MarketCursor& cursor) override;
  std::vector<std::string> take_warnings() override;

 private:
  struct Input {
    Symbol symbol;
    CsvReader reader;
    const CsvRow* next = nullptr;
    bool looked = false;  // next is what reader.peek() says
  };
  Result<Input*> first();
  void warn(std::string story);

  std::vector<Input> inputs_;
  std::uint64_t row_ = 0;
  Input* shown_ = nullptr;
  MarketTrade trade_;
  std::vector<std::string> warnings_;
  std::size_t more_warnings_ = 0;
};

}  // namespace s1mple
