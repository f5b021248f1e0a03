// The parsed file behind ConfigFile and ConfigFields: toml++ stays inside common/contract. Private to contract.
//
// Collects refusals with their lines, and which names were declared, until ConfigFile::finish.
// Thread: one owner.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// Its parser asserts that a table's name begins like a name before it reports that very thing as an error: "[=]" would
// end a debug build. Without the assertion both builds report it.
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>

#include "common/contract/config.h"

namespace s1mple {

struct ConfigFile::Document {
  struct Refusal {
    std::uint32_t line;
    std::string text;
  };

  std::string name;
  std::string source;  // for the exact text of a value that must be quoted
  toml::table root;
  bool printing = false;
  std::string out;
  Values values;
  std::vector<Refusal> refusals;
  std::map<std::string, std::set<std::string>> declared;  // table path -> its keys
  std::map<const toml::table*, std::set<std::string>> items;   // of a list of tables: each has keys of its own
  std::set<std::string> leaves;                           // tables whose keys are free names

  void refuse(std::uint32_t line, std::string text) { refusals.push_back({line, std::move(text)}); }
  [[nodiscard]] std::string where(std::uint32_t line) const {
    return line == 0 ? name + ": " : name + ":" + std::to_string(line) + ": ";
  }

  // The path and its parents become known names.
  void declare_table(std::string_view path);
  [[nodiscard]] const toml::node* find(std::string_view path) const;
  // The characters of a number as they stand in the file.
  [[nodiscard]] std::string written_at(toml::source_position at) const;
  void check_names(const toml::table& table, const std::string& path);
  void check_node(const toml::node& node, const std::string& path);
};

// "a whole number", for messages.
[[nodiscard]] std::string_view kind_text(const toml::node& node);

}  // namespace s1mple
