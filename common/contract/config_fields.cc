#include <algorithm>
#include <cctype>

#include "common/contract/config_document.h"

namespace s1mple {

namespace {

const toml::node* node_of(const void* node) { return static_cast<const toml::node*>(node); }
const toml::table* table_of(const void* table) { return static_cast<const toml::table*>(table); }

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string quoted_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? ", " : "") + quoted(item);
  return out + "]";
}

// A number of TOML as the amount that it means; what is none of ours (1e-3) leads to an example.
std::string quoted_form(std::string number) {
  std::erase(number, '_');
  if (number.starts_with('+')) number.erase(0, 1);
  return Decimal::parse(number) ? quoted(number) : "a decimal number such as \"0.01\"";
}

bool is_bare_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

}  // namespace

ConfigFields::ConfigFields(ConfigFile& file, std::string path, const void* table)
    : file_(file), path_(std::move(path)), table_(table) {}

std::string ConfigFields::dotted(std::string_view key) const { return path_ + "." + std::string(key); }

const void* ConfigFields::declare(std::string_view key) {
  auto& doc = *file_.document_;
  doc.declared[path_].insert(std::string(key));
  if (const auto item = doc.items.find(table_of(table_)); item != doc.items.end()) item->second.insert(std::string(key));
  return table_ == nullptr ? nullptr : table_of(table_)->get(key);
}

bool ConfigFields::has(std::string_view key) const {
  return table_ != nullptr && table_of(table_)->get(key) != nullptr;
}

void ConfigFields::wrong(std::string_view key, const void* node, std::string_view why) {
  const auto line = node == nullptr ? 0 : node_of(node)->source().begin.line;
  file_.document_->refuse(line, dotted(key) + ": " + std::string(why));
}

void ConfigFields::require(std::string_view key) {
  if (file_.document_->printing || has(key)) return;
  const auto line = table_ == nullptr ? 0 : table_of(table_)->source().begin.line;
  file_.document_->refuse(line, "[" + path_ + "] needs the key '" + std::string(key) + "'");
}

std::uint32_t ConfigFields::line_of(std::string_view key) const {
  const toml::node* node = table_ == nullptr ? nullptr : table_of(table_)->get(key);
  return node == nullptr ? 0 : node->source().begin.line;
}

void ConfigFields::pass_all() {
  if (table_ == nullptr) return;
  for (const auto& [key, node] : *table_of(table_)) static_cast<void>(declare(key.str()));
}

void ConfigFields::refuse(std::string_view key, std::string_view why) {
  const void* node = table_ == nullptr ? nullptr : table_of(table_)->get(key);
  if (node == nullptr) node = table_;
  wrong(key, node, why);
}

bool ConfigFields::print(std::string_view key, std::string_view help, std::string_view limits,
                         std::string_view toml_value) {
  auto& doc = *file_.document_;
  if (!doc.printing) return false;
  doc.out += "# " + std::string(help);
  if (!limits.empty()) doc.out += " (" + std::string(limits) + ")";
  doc.out += "\n" + std::string(key) + " = " + std::string(toml_value) + "\n";
  doc.values.emplace_back(dotted(key), toml_value);
  return true;
}

void ConfigFields::flag(std::string_view key, bool& value, std::string_view help) {
  const void* node = declare(key);
  if (print(key, help, {}, value ? "true" : "false") || node == nullptr) return;
  if (const auto read = node_of(node)->value_exact<bool>()) {
    value = *read;
    return;
  }
  wrong(key, node, "must be true or false, not " + std::string(kind_text(*node_of(node))));
}

void ConfigFields::whole(std::string_view key, std::int64_t& value, std::int64_t min, std::int64_t max,
                         std::string_view help) {
  const std::string limits = std::to_string(min) + " to " + std::to_string(max);
  const void* node = declare(key);
  if (print(key, help, limits, std::to_string(value)) || node == nullptr) return;
  const auto read = node_of(node)->value_exact<std::int64_t>();
  if (!read) return wrong(key, node, "must be a whole number from " + limits + ", not " +
                                         std::string(kind_text(*node_of(node))));
  if (*read < min || *read > max) return wrong(key, node, "must be from " + limits + ", not " + std::to_string(*read));
  value = *read;
}

void ConfigFields::span(std::string_view key, Nanos& value, Nanos min, Nanos max, std::string_view help) {
  const std::string limits = span_text(min) + " to " + span_text(max);
  const void* node = declare(key);
  if (print(key, help, limits, quoted(span_text(value))) || node == nullptr) return;
  const auto text = node_of(node)->value_exact<std::string>();
  if (!text) return wrong(key, node, "must be a quoted span from " + limits + ", such as " +
                                         quoted(span_text(value)) + ", not " + std::string(kind_text(*node_of(node))));
  const auto read = parse_span(*text);
  if (!read) return wrong(key, node, read.error().story + ", not " + quoted(*text));
  if (*read < min || *read > max) return wrong(key, node, "must be from " + limits + ", not " + *text);
  value = *read;
}

std::optional<Decimal> ConfigFields::amount_of(std::string_view key, const void* node, Decimal min, Decimal max) {
  const toml::node& at = *node_of(node);
  const auto text = at.value_exact<std::string>();
  if (!text) {
    std::string why = "must be a quoted amount such as \"0.01\", not " + std::string(kind_text(at));
    if (at.is_number()) why = "amounts are quoted text: write " + quoted_form(file_.document_->written_at(at.source().begin));
    wrong(key, node, why);
    return std::nullopt;
  }
  const auto read = Decimal::parse(*text);
  if (!read) {
    wrong(key, node, "must be a decimal number such as \"0.01\", not " + quoted(*text));
    return std::nullopt;
  }
  if (*read < min || *read > max) {
    wrong(key, node, "must be from " + quoted(min.text()) + " to " + quoted(max.text()) + ", not " + quoted(*text));
    return std::nullopt;
  }
  return *read;
}

void ConfigFields::amount(std::string_view key, Decimal& value, Decimal min, Decimal max, std::string_view help) {
  const void* node = declare(key);
  const std::string limits = quoted(min.text()) + " to " + quoted(max.text());
  if (print(key, help, limits, quoted(value.text())) || node == nullptr) return;
  if (const auto read = amount_of(key, node, min, max)) value = *read;
}

void ConfigFields::amounts(std::string_view key, std::map<std::string, Decimal>& value, Decimal min, Decimal max,
                           std::string_view help) {
  const void* node = declare(key);
  auto& doc = *file_.document_;
  doc.leaves.insert(dotted(key));
  if (doc.printing) {
    std::string items;
    for (const auto& [name, amount] : value)
      items += (items.empty() ? " " : ", ") + (is_bare_key(name) ? name : quoted(name)) + " = " + quoted(amount.text());
    (void)print(key, help, {}, items.empty() ? "{}" : "{" + items + " }");
    return;
  }
  if (node == nullptr) return;
  const auto* table = node_of(node)->as_table();
  if (table == nullptr)
    return wrong(key, node, "must be a table of quoted amounts, not " + std::string(kind_text(*node_of(node))));
  std::map<std::string, Decimal> read;
  for (const auto& [name, item] : *table) {
    const std::string inner = std::string(key) + "." + std::string(name.str());
    if (const auto amount = amount_of(inner, &item, min, max)) read.emplace(name.str(), *amount);
  }
  value = std::move(read);
}

void ConfigFields::text(std::string_view key, std::string& value, std::string_view help) {
  const void* node = declare(key);
  if (print(key, help, {}, quoted(value)) || node == nullptr) return;
  if (auto read = node_of(node)->value_exact<std::string>()) {
    value = std::move(*read);
    return;
  }
  wrong(key, node, "must be quoted text, not " + std::string(kind_text(*node_of(node))));
}

void ConfigFields::texts(std::string_view key, std::vector<std::string>& value, std::string_view help) {
  const void* node = declare(key);
  if (print(key, help, {}, quoted_list(value)) || node == nullptr) return;
  const auto* list = node_of(node)->as_array();
  if (list == nullptr)
    return wrong(key, node, "must be a list of quoted texts, not " + std::string(kind_text(*node_of(node))));
  std::vector<std::string> read;
  for (const auto& item : *list) {
    auto text = item.value_exact<std::string>();
    if (!text) return wrong(key, &item, "must hold quoted texts only, not " + std::string(kind_text(item)));
    read.push_back(std::move(*text));
  }
  value = std::move(read);
}

void ConfigFields::choice_text(std::string_view key, std::string& value, const std::string& allowed,
                               bool (*known)(std::string_view), std::string_view help) {
  const void* node = declare(key);
  if (print(key, help, allowed, quoted(value)) || node == nullptr) return;
  auto read = node_of(node)->value_exact<std::string>();
  if (!read || !known(*read))
    return wrong(key, node, "must be one of " + allowed + ", not " +
                                (read ? quoted(*read) : std::string(kind_text(*node_of(node)))));
  value = std::move(*read);
}

}  // namespace s1mple
