// One TOML file configures both programs; this reads and prints the tables of either, from one field list.
//
// A field list is a function that names every key once, with its range and what it means. Run over a parsed
// file it fills the struct; run over a printer it writes the same keys with their current values as comments
// and TOML. What is refused: unknown keys and tables (with the allowed ones), wrong types (with what would be
// right), values out of range, unquoted amounts and spans. Every refusal names file and line; all are reported
// at once. Tables of the other program are left alone (config_tables.h says whose is whose).
// Units: spans are quoted text with a unit ("250ms", "10s", "24h"); amounts are quoted decimals.
// Pure: text in, no file is opened. Thread: one owner. Source of the grammar: https://toml.io/en/v1.0.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/decimal.h"
#include "common/base/enum_text.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/contract/config_tables.h"

namespace s1mple {

// "250ms", "10s", "5m", "24h", "30d", "100us": one whole number and one unit.
[[nodiscard]] Result<Nanos> parse_span(std::string_view text);
[[nodiscard]] std::string span_text(Nanos span);

class ConfigFile;

// The keys of one table. Each call reads (or prints) one key; an absent key keeps the value that is there.
class ConfigFields {
 public:
  void flag(std::string_view key, bool& value, std::string_view help);
  void whole(std::string_view key, std::int64_t& value, std::int64_t min, std::int64_t max, std::string_view help);
  void span(std::string_view key, Nanos& value, Nanos min, Nanos max, std::string_view help);
  void amount(std::string_view key, Decimal& value, Decimal min, Decimal max, std::string_view help);
  void text(std::string_view key, std::string& value, std::string_view help);
  void texts(std::string_view key, std::vector<std::string>& value, std::string_view help);
  // Free names with an amount each: [paper.balances] EUR = "10000".
  void amounts(std::string_view key, std::map<std::string, Decimal>& value, Decimal min, Decimal max,
               std::string_view help);
  template <class Enum>
  void choice(std::string_view key, Enum& value, std::string_view help) {
    std::string chosen(to_text(value));
    choice_text(key, chosen, allowed_texts<Enum>(), [](std::string_view t) { return parse_enum<Enum>(t).has_value(); },
                help);
    value = *parse_enum<Enum>(chosen);
  }

  // True if the file has the key (always false when printing).
  [[nodiscard]] bool has(std::string_view key) const;
  // Refuses the file unless it has the key.
  void require(std::string_view key);
  // Refuses a value that was read, at its line: "must be below `cap`".
  void refuse(std::string_view key, std::string_view why);
  // Where the key stands, for a refusal by somebody who can look outside of the file; 0: it is not there.
  [[nodiscard]] std::uint32_t line_of(std::string_view key) const;
  // Every key of this table passes: it was refused for a reason that leaves open which keys it may have.
  void pass_all();

 private:
  friend class ConfigFile;
  ConfigFields(ConfigFile& file, std::string path, const void* table);
  void choice_text(std::string_view key, std::string& value, const std::string& allowed,
                   bool (*known)(std::string_view), std::string_view help);
  // The node of `key` (a toml::node), having declared it; null: absent, or printing.
  const void* declare(std::string_view key);
  [[nodiscard]] bool print(std::string_view key, std::string_view help, std::string_view limits,
                           std::string_view toml_value);
  [[nodiscard]] std::string dotted(std::string_view key) const;
  void wrong(std::string_view key, const void* node, std::string_view why);
  [[nodiscard]] std::optional<Decimal> amount_of(std::string_view key, const void* node, Decimal min, Decimal max);

  ConfigFile& file_;
  std::string path_;
  const void* table_;
};

class ConfigFile {
 public:
  using Fields = std::function<void(ConfigFields&)>;
  static constexpr std::size_t kMaxBytes = 1024 * 1024;
  static constexpr std::size_t kMaxTablesOfOneName = 64;
  static constexpr std::size_t kMaxRefusals = 20;

  // `name` is shown in refusals. An Error when it is no TOML.
  [[nodiscard]] static Result<ConfigFile> parse(std::string_view text, std::string name);
  [[nodiscard]] static ConfigFile printer();

  ConfigFile(ConfigFile&&) noexcept;
  ConfigFile& operator=(ConfigFile&&) noexcept;
  ~ConfigFile();

  // [path], which may be dotted ("supervisor.restart"). Absent: the fields see an empty table.
  void table(std::string_view path, std::string_view help, const Fields& fields);
  // [[path]], in the order of the file; `fields` is run once for each, and once when printing. Each may declare other
  // keys (those of its kind, say): unknown is what was not declared for that very table.
  void each_table(std::string_view path, std::string_view help, const Fields& fields);
  [[nodiscard]] bool has_table(std::string_view path) const;

  // After the last table: unknown names among the owner's tables, then every refusal in the order of lines.
  [[nodiscard]] Result<void> finish(ConfigOwner owner);
  // What a printer wrote, and the same as pairs: "alerts.timeout", "\"10s\"".
  [[nodiscard]] const std::string& printed() const;
  using Values = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] const Values& values() const;
  // A number for each of the owner's tables that the file has; another one where the table says something else.
  // Comments, spaces and the order of keys say nothing.
  struct Digest {
    std::string table;
    std::uint32_t crc;
    friend bool operator==(const Digest&, const Digest&) = default;
  };
  [[nodiscard]] std::vector<Digest> digests(ConfigOwner owner) const;

 private:
  friend class ConfigFields;
  struct Document;
  explicit ConfigFile(std::unique_ptr<Document> document);
  std::unique_ptr<Document> document_;
};

}  // namespace s1mple
