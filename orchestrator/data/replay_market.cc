#include "orchestrator/data/replay_market.h"

#include <utility>

#include "common/base/json.h"

namespace s1mple {
namespace {

constexpr std::string_view kReplayKind = "replay";

Result<CsvReader::Place> read_place(const JsonValue& json) {
  const auto offset = json.uint_at("offset");
  if (!offset) return offset.error();
  const auto line = json.uint_at("line");
  if (!line) return line.error();
  CsvReader::Place place{*offset, *line, std::nullopt};
  if (const auto time = json.find("time")) {
    const auto nanos = time->as_int();
    if (!nanos) return nanos.error();
    place.time = from_unix_nanos(*nanos);
  }
  return place;
}

Result<JsonValue> read_replay_position(const MarketCursor& cursor, std::size_t files) {
  auto json = JsonValue::parse(cursor.position);
  if (!json) return std::move(json).error();
  const auto kind = json->text_at("kind");
  if (!kind) return kind.error();
  if (*kind != kReplayKind)
    return Error{Errc::invalid, "it is of a market of kind '" + *kind + "', not replay"};
  auto list = json->at("files");
  if (!list) return list;
  if (!list->is_array() || list->size() != files)
    return Error{Errc::invalid, "it has another number of files than the configuration"};
  return list;
}

}  // namespace

ReplayMarket::ReplayMarket(std::vector<ReplayInput> inputs, OnBadLine on_bad_line) {
  for (auto& input : inputs)
    inputs_.push_back({input.symbol, CsvReader(std::move(input.name), std::move(input.text), on_bad_line)});
}

Result<const MarketTrade*> ReplayMarket::peek() {
  if (shown_ != nullptr) return &trade_;
  const auto found = first();
  if (!found) return found.error();
  if (*found == nullptr) return nullptr;
  shown_ = *found;
  const CsvRow& row = *shown_->next;
  trade_ = {shown_->symbol, row.price, row.volume, std::nullopt, row.time, row_ + 1, {}};
  return &trade_;
}

MarketTrade ReplayMarket::take() {
  ENSURE(shown_ != nullptr, "a row is taken that was not shown");
  shown_->reader.take();
  shown_->looked = false;
  shown_ = nullptr;
  ++row_;
  return trade_;
}

MarketCursor ReplayMarket::cursor() const {
  JsonWriter out;
  out.begin_object().text("kind", kReplayKind).key("files").begin_array();
  for (const auto& input : inputs_) {
    const auto& place = input.reader.place();
    out.begin_object()
        .text("symbol", input.symbol.text())
        .number("offset", place.offset)
        .number("line", place.line);
    if (place.time) out.number("time", to_unix_nanos(*place.time));
    out.end_object();
  }
  out.end_array().end_object();
  return {row_, out.take()};
}

Result<void> ReplayMarket::restore(const MarketCursor& cursor) {
  const auto list = read_replay_position(cursor, inputs_.size());
  if (!list) return Error(list.error()).during("restore replay");
  std::vector<CsvReader::Place> places;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const JsonValue saved = list->item(i);
    const auto symbol = saved.text_at("symbol");
    if (!symbol || *symbol != inputs_[i].symbol.text())
      return Error{Errc::invalid, "restore replay: file " + std::to_string(i + 1) + " was of '" +
                                      (symbol ? *symbol : "") + "', the configuration has " +
                                      inputs_[i].symbol.text()};
    const auto place = read_place(saved);
    if (!place) return Error(place.error()).during("restore replay");
    const auto checked = inputs_[i].reader.check(*place);
    if (!checked) return Error(checked.error()).during("restore replay");
    places.push_back(*place);
  }
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    inputs_[i].reader.move_to(places[i]);
    inputs_[i].looked = false;
  }
  row_ = cursor.row;
  shown_ = nullptr;
  return {};
}

std::vector<std::string> ReplayMarket::take_warnings() {
  if (more_warnings_ > 0)
    warnings_.push_back("and " + std::to_string(more_warnings_) + " more lines left out");
  more_warnings_ = 0;
  return std::exchange(warnings_, {});
}

Result<ReplayMarket::Input*> ReplayMarket::first() {
  Input* earliest = nullptr;
  for (auto& input : inputs_) {
    if (!input.looked) {
      const auto next = input.reader.peek([this](std::string story) { warn(std::move(story)); });
      if (!next) return Error(next.error()).during("replay");
      input.next = *next;
      input.looked = true;
    }
    if (input.next != nullptr && (earliest == nullptr || input.next->time < earliest->next->time))
      earliest = &input;
  }
  return earliest;
}

void ReplayMarket::warn(std::string story) {
  if (warnings_.size() < kMaxWarnings)
    warnings_.push_back(std::move(story));
  else
    ++more_warnings_;
}

}  // namespace s1mple
