// The port through which a paper world draws its market: rows of trades, one after the other.
//
// peek() shows the next row without taking it, so that the environment knows its time before it lets it
// happen; repeated, it shows the same row. take() takes it. The cursor stands behind the last row taken,
// never behind one only seen: a source restored from it gives exactly the rows that would have followed. Rows
// count from 1.
// Pure: no clock and no file; implementations get times from their configuration and bytes through a port.
// Owner: the environment. Thread: loop. Errors: rows that cannot be read; they stay until restore().
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "orchestrator/domain/event.h"

namespace s1mple {

class MarketSource {
 public:
  virtual ~MarketSource() = default;

  // The next row, valid until the next call of any other member; null: the source has ended.
  virtual Result<const MarketTrade*> peek() = 0;
  // The row that peek() showed, its position left empty (cursor() now tells it). Taking without having seen a
  // row is a bug of the caller and aborts.
  virtual MarketTrade take() = 0;

  [[nodiscard]] virtual MarketCursor cursor() const = 0;
  // Goes on behind the cursor's row. A cursor of another kind, configuration or file is refused; nothing
  // changes then.
  virtual Result<void> restore(const MarketCursor& cursor) = 0;

  // What a person should know since the last call (rows left out, and why); at most kMaxWarnings, then a
  // count.
  virtual std::vector<std::string> take_warnings() = 0;
  static constexpr std::size_t kMaxWarnings = 20;
};

}  // namespace s1mple
