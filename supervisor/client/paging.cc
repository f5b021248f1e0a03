#include "supervisor/client/paging.h"

#include <algorithm>

namespace s1mple::client {

std::string Paging::next_params() const {
  const auto left = limit_ - static_cast<std::int64_t>(items_.size());
  JsonWriter json;
  json.begin_object();
  const auto given = JsonValue::parse(params_json_);
  if (given) given->each_member([&json](std::string_view key, const JsonValue& value) { json.raw(key, value.dump()); });
  if (!next_.is_null()) json.raw("after", next_.dump());
  json.number("limit", std::clamp<std::int64_t>(left, 1, kPageMax));
  json.end_object();
  return json.take();
}

bool Paging::take(const JsonValue& page) {
  const auto list = page.find("items");
  const std::size_t before = items_.size();
  for (std::size_t i = 0; list && i < list->size() && list->is_array(); ++i)
    if (items_.size() < static_cast<std::size_t>(limit_)) items_.push_back(list->item(i));
  const JsonValue next = page.find("next").value_or(JsonValue());
  const bool repeats = !next.is_null() && next.dump() == next_.dump();
  next_ = repeats ? JsonValue() : next;
  return !next_.is_null() && items_.size() > before && items_.size() < static_cast<std::size_t>(limit_);
}

std::string Paging::merged_json() const {
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const auto& item : items_) json.raw(item.dump());
  json.end_array().raw("next", next_.dump()).end_object();
  return json.take();
}

}  // namespace s1mple::client
