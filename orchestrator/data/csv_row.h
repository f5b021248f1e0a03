// One line of Kraken's downloadable time and sales: `unix_seconds,price,volume`.
//
// No header, no quotes, exactly three fields. Seconds may carry up to nine fraction digits; price and volume
// are positive decimals. Nothing is repaired: what is not exactly that is said in words and is a bad line.
// Units: price in quote per base, volume in base. Thread: pure function.
// Source: https://support.kraken.com/hc/en-us/articles/360047543791
#pragma once

#include <string_view>

#include "common/base/time.h"
#include "orchestrator/domain/amounts.h"

namespace s1mple {

struct CsvRow {
  WallTime time;
  Price price;
  Quantity volume;
};

// What is wrong with the line (without its line end), in words; empty: nothing, and `row` is filled.
[[nodiscard]] std::string_view read_csv_row(std::string_view line, CsvRow& row);

}  // namespace s1mple
