#include "supervisor/client/wait.h"

#include <algorithm>

#include "supervisor/client/fields.h"
#include "supervisor/client/format.h"

namespace s1mple::client {

namespace {

std::vector<std::string> protective_ids(const std::vector<JsonValue>& positions) {
  std::vector<std::string> ids;
  for (const auto& position : positions)
    ids.push_back(Fields(Fields(position).object("protective")).text("client_id"));
  return ids;
}

bool holds_something(const JsonValue& position) {
  const auto quantity = position.decimal_at("quantity");
  return !quantity || !quantity->is_zero();  // what cannot be read is no evidence
}

}  // namespace

std::string missing_after_halt(const std::vector<JsonValue>& orders, const std::vector<JsonValue>& positions,
                               const std::string& scope) {
  const auto kept = protective_ids(positions);
  std::int64_t open = 0;
  for (const auto& item : orders) {
    const Fields order(item);
    if (!scope.empty() && order.text("strategy") != scope) continue;
    if (order.flag("protective")) continue;
    const std::string id = order.text("client_id");
    if (id.empty() || std::find(kept.begin(), kept.end(), id) == kept.end()) ++open;
  }
  return open == 0 ? std::string() : count_text(open, "order") + " still open or in doubt";
}

std::string missing_after_flatten(const std::vector<JsonValue>& orders, const std::vector<JsonValue>& positions,
                                  const std::string& symbol) {
  const auto concerns = [&symbol](const JsonValue& item) {
    return symbol.empty() || Fields(item).text("symbol") == symbol;
  };
  const auto left = std::count_if(positions.begin(), positions.end(), [&concerns](const JsonValue& item) {
    return concerns(item) && holds_something(item);
  });
  const auto open = std::count_if(orders.begin(), orders.end(), concerns);
  if (left == 0 && open == 0) return {};
  return count_text(left, "position") + " left, " + count_text(open, "order") + " open";
}

}  // namespace s1mple::client
