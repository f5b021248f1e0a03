#include "common/base/json.h"

#include <charconv>

#include "common/base/ensure.h"
#include "common/base/json_tree.h"

namespace s1mple {
namespace {

template <class Number>
std::optional<Number> whole_number(std::string_view raw) {
  Number number{};
  const auto read = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (raw.empty() || read.ec != std::errc() || read.ptr != raw.data() + raw.size()) return std::nullopt;
  return number;
}

}  // namespace

JsonValue::JsonValue() = default;
JsonValue::JsonValue(std::shared_ptr<const Document> document, const Node* node)
    : document_(std::move(document)), node_(node) {}

JsonValue::Kind JsonValue::kind() const { return node_ ? node_->kind : Kind::null; }
std::size_t JsonValue::size() const { return is_array() || is_object() ? node_->count : 0; }

std::string_view JsonValue::text_of(const Node& node) const {
  return std::string_view(document_->characters).substr(node.first, node.count);
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  if (!is_object()) return std::nullopt;
  const Node* member = document_->nodes.data() + node_->first;
  for (std::uint32_t i = 0; i < node_->count; ++i, member += 2)
    if (text_of(*member) == key) return JsonValue(document_, member + 1);
  return std::nullopt;
}

JsonValue JsonValue::item(std::size_t index) const {
  ENSURE(is_array() && index < node_->count, "JSON item out of range");
  return {document_, document_->nodes.data() + node_->first + index};
}

void JsonValue::each_member(const std::function<void(std::string_view, const JsonValue&)>& visit) const {
  if (!is_object()) return;
  const Node* member = document_->nodes.data() + node_->first;
  for (std::uint32_t i = 0; i < node_->count; ++i, member += 2)
    visit(text_of(*member), JsonValue(document_, member + 1));
}

std::string JsonValue::path() const {
  if (!node_) return {};
  const auto& nodes = document_->nodes;
  auto child = static_cast<std::size_t>(node_ - nodes.data());
  std::string path;
  for (std::size_t i = child + 1; i < nodes.size(); ++i) {
    const Node& parent = nodes[i];
    if (child < parent.first || child >= parent.first + parent.children()) continue;
    if (!path.empty() && path.front() != '[') path.insert(0, ".");
    path.insert(0, parent.kind == Kind::array ? "[" + std::to_string(child - parent.first) + "]"
                                              : std::string(text_of(nodes[child - 1]).substr(0, 64)));
    child = i;
  }
  return path;
}

Error JsonValue::mismatch(std::string_view expected) const {
  const std::string where = path();
  return {Errc::invalid, (where.empty() ? "" : where + ": ") + "must be " + std::string(expected)};
}

Result<bool> JsonValue::as_bool() const {
  if (kind() != Kind::boolean) return mismatch("true or false");
  return node_->is_true;
}

Result<std::string> JsonValue::as_text() const {
  if (!is_text()) return mismatch("a text");
  return std::string(text_of(*node_));
}

std::string_view JsonValue::raw_number() const { return is_number() ? text_of(*node_) : std::string_view(); }

Result<std::int64_t> JsonValue::as_int() const {
  const auto number = whole_number<std::int64_t>(raw_number());
  if (!number) return mismatch("a whole number of at most 64 bits");
  return *number;
}

Result<std::uint64_t> JsonValue::as_uint() const {
  const auto number = whole_number<std::uint64_t>(raw_number());
  if (!number) return mismatch("a whole number from 0, of at most 64 bits");
  return *number;
}

Result<Decimal> JsonValue::as_decimal() const {
  if (!is_number() && !is_text()) return mismatch("a decimal number");
  auto decimal = Decimal::parse(text_of(*node_));
  if (decimal) return decimal;
  const std::string where = path();
  return where.empty() ? std::move(decimal).error() : std::move(decimal).error().during(where);
}

Result<JsonValue> JsonValue::at(std::string_view key) const {
  if (!is_object()) return mismatch("an object");
  if (auto member = find(key)) return *std::move(member);
  const std::string where = path();
  return Error{Errc::invalid, (where.empty() ? "" : where + ": ") + "lacks '" + std::string(key) + "'"};
}

Result<bool> JsonValue::bool_at(std::string_view key) const {
  auto member = at(key);
  return member ? member->as_bool() : std::move(member).error();
}
Result<std::string> JsonValue::text_at(std::string_view key) const {
  auto member = at(key);
  return member ? member->as_text() : std::move(member).error();
}
Result<std::int64_t> JsonValue::int_at(std::string_view key) const {
  auto member = at(key);
  return member ? member->as_int() : std::move(member).error();
}
Result<std::uint64_t> JsonValue::uint_at(std::string_view key) const {
  auto member = at(key);
  return member ? member->as_uint() : std::move(member).error();
}
Result<Decimal> JsonValue::decimal_at(std::string_view key) const {
  auto member = at(key);
  return member ? member->as_decimal() : std::move(member).error();
}

void JsonValue::dump_to(JsonWriter& out) const {
  switch (kind()) {
    case Kind::null: out.null(); return;
    case Kind::boolean: out.boolean(node_->is_true); return;
    case Kind::number: out.raw(text_of(*node_)); return;
    case Kind::text: out.text(text_of(*node_)); return;
    case Kind::array:
      out.begin_array();
      for (std::size_t i = 0; i < size(); ++i) item(i).dump_to(out);
      out.end_array();
      return;
    case Kind::object:
      out.begin_object();
      each_member([&](std::string_view key, const JsonValue& value) { value.dump_to(out.key(key)); });
      out.end_object();
      return;
  }
  ENSURE(false, "JSON kind out of range");
}

std::string JsonValue::dump() const {
  JsonWriter out;
  dump_to(out);
  return out.take();
}

}  // namespace s1mple
