#include "common/contract/config.h"

#include <algorithm>
#include <functional>

#include "common/contract/config_document.h"

namespace s1mple {

namespace {

template <class Names>
std::string joined(const Names& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

namespace {

// The parser speaks of its grammar; this is what a person most likely has to do.
std::string advice_on(std::string_view fault) {
  struct Row {
    std::string_view says;
    std::string_view means;
  };
  constexpr std::array<Row, 5> kRows{{{"unescaped control characters", "is a closing quote missing on this line?"},
                                      {"expected value", "is the value behind '=' missing?"},
                                      {"expected ']'", "is a closing bracket missing on this line?"},
                                      {"cannot redefine", "it stands twice: remove one of the two"},
                                      {"not representable", "the number is too large"}}};
  for (const auto& row : kRows)
    if (fault.find(row.says) != std::string_view::npos) return " (" + std::string(row.means) + ")";
  return {};
}

}  // namespace

std::string_view kind_text(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::none: return "nothing";
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "text";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a number with a fraction";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::date: return "a date";
    case toml::node_type::time: return "a time";
    case toml::node_type::date_time: return "a date and time";
  }
  ENSURE(false, "TOML node type out of range");
}

void ConfigFile::Document::declare_table(std::string_view path) {
  declared[std::string(path)];
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos) return;
  declare_table(path.substr(0, dot));
  declared[std::string(path.substr(0, dot))].insert(std::string(path.substr(dot + 1)));
}

const toml::node* ConfigFile::Document::find(std::string_view path) const {
  const toml::table* at = &root;
  for (;;) {
    const auto dot = path.find('.');
    const toml::node* node = at->get(path.substr(0, dot));
    if (node == nullptr || dot == std::string_view::npos) return node;
    if (node->as_table() == nullptr) return nullptr;
    at = node->as_table();
    path.remove_prefix(dot + 1);
  }
}

std::string ConfigFile::Document::written_at(toml::source_position at) const {
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < at.line && start != std::string::npos; ++line) {
    start = source.find('\n', start);
    if (start != std::string::npos) ++start;
  }
  if (start == std::string::npos || at.column == 0) return {};
  start += at.column - 1;
  if (start >= source.size()) return {};
  const auto end = source.find_first_not_of("+-.0123456789eE_", start);
  return source.substr(start, end == std::string::npos ? end : end - start);
}

void ConfigFile::Document::check_names(const toml::table& table, const std::string& path) {
  const auto item = items.find(&table);
  const auto& known = item == items.end() ? declared[path] : item->second;
  for (const auto& [key, node] : table) {
    const std::string inner = path + "." + std::string(key.str());
    if (!known.contains(std::string(key.str())) && !declared.contains(inner)) {
      refuse(key.source().begin.line, "unknown key '" + std::string(key.str()) + "' in [" + path +
                                          "]; allowed: " + joined(known));
      continue;
    }
    if (leaves.contains(inner) || !declared.contains(inner)) continue;
    check_node(node, inner);
  }
}

void ConfigFile::Document::check_node(const toml::node& node, const std::string& path) {
  if (const auto* table = node.as_table()) return check_names(*table, path);
  if (const auto* list = node.as_array())
    for (const auto& item : *list)
      if (const auto* table = item.as_table()) check_names(*table, path);
}

namespace {

Error invalid_toml(const toml::parse_error& fault, const std::string& name, std::string_view hint) {
  return Error{Errc::invalid, name + ":" + std::to_string(fault.source().begin.line) + ": no valid TOML: " +
                                  std::string(fault.description()) + advice_on(fault.description()) +
                                  std::string(hint)};
}

bool is_ascii(char c) { return static_cast<unsigned char>(c) <= 0x7f; }

// toml++ 3.3 asks of a character outside of quotes and comments, also while it reports an error, and of the first one
// behind a backslash that ends a line, whether it is white space, by a search with undefined behaviour for most that are
// not ASCII (impl/unicode_autogenerated.h: is_non_ascii_horizontal_whitespace; found by tests/fuzz). So the text is
// parsed with a ? for each of them first: where that is valid, they stand in quotes and comments only.
Result<void> check_without_unicode(std::string_view text, const std::string& name) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (std::ranges::all_of(text, is_ascii)) return {};
  std::string plain(text);
  std::ranges::replace_if(plain, std::not_fn(is_ascii), '?');
  if (const auto result = toml::parse(plain, name); !result)
    return invalid_toml(result.error(), name, "; what is not ASCII (shown as ?) belongs into quotes and comments");
  for (std::size_t at = 0; (at = text.find('\\', at)) != std::string_view::npos; ++at) {
    const std::size_t next = std::min(text.find_first_not_of(" \t\r\n", at + 1), text.size());
    const auto lines = [&](std::size_t end) { return std::ranges::count(text.substr(0, end), '\n'); };
    if (next < text.size() && !is_ascii(text[next]) && lines(next) > lines(at))
      return Error{Errc::invalid, name + ":" + std::to_string(lines(next) + 1) +
                                      ": the first character after a line that ends in a backslash must be ASCII"};
  }
  return {};
}

}  // namespace

ConfigFile::ConfigFile(std::unique_ptr<Document> document) : document_(std::move(document)) {}
ConfigFile::ConfigFile(ConfigFile&&) noexcept = default;
ConfigFile& ConfigFile::operator=(ConfigFile&&) noexcept = default;
ConfigFile::~ConfigFile() = default;

Result<ConfigFile> ConfigFile::parse(std::string_view text, std::string name) {
  if (text.size() > kMaxBytes) return Error{Errc::overflow, name + ": is longer than 1 MiB"};
  if (auto plain = check_without_unicode(text, name); !plain.ok()) return std::move(plain).error();
  auto result = toml::parse(text, name);
  if (!result) return invalid_toml(result.error(), name, "");
  auto document = std::make_unique<Document>();
  document->name = std::move(name);
  document->source = std::string(text);
  document->root = std::move(result).table();
  return ConfigFile(std::move(document));
}

ConfigFile ConfigFile::printer() {
  auto document = std::make_unique<Document>();
  document->printing = true;
  return ConfigFile(std::move(document));
}

bool ConfigFile::has_table(std::string_view path) const {
  const auto* node = document_->find(path);
  return node != nullptr && (node->is_table() || node->is_array_of_tables());
}

void ConfigFile::table(std::string_view path, std::string_view help, const Fields& fields) {
  auto& doc = *document_;
  doc.declare_table(path);
  if (doc.printing) {
    doc.out += (doc.out.empty() ? "# " : "\n# ") + std::string(help) + "\n[" + std::string(path) + "]\n";
  }
  const auto* node = doc.find(path);
  if (node != nullptr && !node->is_table()) {
    doc.leaves.insert(std::string(path));
    doc.refuse(node->source().begin.line, std::string(path) + ": must be a table ([" + std::string(path) +
                                              "]), not " + std::string(kind_text(*node)));
    node = nullptr;
  }
  ConfigFields in(*this, std::string(path), node == nullptr ? nullptr : node->as_table());
  fields(in);
}

void ConfigFile::each_table(std::string_view path, std::string_view help, const Fields& fields) {
  auto& doc = *document_;
  doc.declare_table(path);
  const std::string name(path);
  if (doc.printing) {
    doc.out += (doc.out.empty() ? "# " : "\n# ") + std::string(help) + "\n[[" + name + "]]\n";
    ConfigFields out(*this, name, nullptr);
    return fields(out);
  }
  const auto* node = doc.find(path);
  if (node == nullptr) return;
  if (!node->is_array_of_tables() || node->as_array()->size() > kMaxTablesOfOneName) {
    doc.leaves.insert(name);
    return doc.refuse(node->source().begin.line,
                      name + (node->is_array_of_tables() ? ": at most 64 tables of one name"
                                                         : ": must be a list of tables ([[" + name + "]])"));
  }
  const auto& list = *node->as_array();
  for (const auto& item : list) {
    doc.items[item.as_table()];
    ConfigFields in(*this, name, item.as_table());
    fields(in);
  }
}

Result<void> ConfigFile::finish(ConfigOwner owner) {
  auto& doc = *document_;
  for (const auto& [key, node] : doc.root) {
    const std::string_view name = key.str();
    const bool supervisors = contains(kSupervisorTables, name);
    if (!supervisors && !contains(kOrchestratorTables, name)) {
      doc.refuse(key.source().begin.line, "unknown table or key '" + std::string(name) + "'; allowed: " +
                                              joined(kSupervisorTables) + ", " + joined(kOrchestratorTables));
    } else if (supervisors == (owner == ConfigOwner::supervisor) && !doc.leaves.contains(std::string(name))) {
      doc.check_node(node, std::string(name));
    }
  }
  if (doc.refusals.empty()) return {};
  std::stable_sort(doc.refusals.begin(), doc.refusals.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  std::string story;
  const std::size_t shown = std::min(doc.refusals.size(), kMaxRefusals);
  for (std::size_t i = 0; i < shown; ++i)
    story += (i == 0 ? "" : "\n") + doc.where(doc.refusals[i].line) + doc.refusals[i].text;
  if (shown < doc.refusals.size())
    story += "\n" + doc.name + ": and " + std::to_string(doc.refusals.size() - shown) + " more";
  return Error{Errc::invalid, std::move(story)};
}

const std::string& ConfigFile::printed() const { return document_->out; }
const ConfigFile::Values& ConfigFile::values() const { return document_->values; }

}  // namespace s1mple
