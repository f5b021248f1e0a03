// Every command of the client as one row: name, method, parameters, help. Parser, help and dispatch read this table.
//
// A positional parameter has no option; a `words` one takes all that is left, so that a reason needs no quotes.
// Source: common/contract/PROTOCOL.md section 3. Thread: constants.
#pragma once

#include <span>
#include <string_view>

namespace s1mple::client {

enum class ParamKind : unsigned char { text, words, whole, flag };

struct Param {
  std::string_view member;   // of the request's params
  std::string_view option;   // "--limit"; empty: positional
  ParamKind kind = ParamKind::text;
  bool required = false;
  std::string_view choices;  // "recovery|safe"; empty: any
  std::string_view help;
};

struct Command {
  std::string_view name;
  std::string_view method;   // empty: answered by the client alone
  std::string_view text;     // one line
  std::string_view details;  // what a person should know before using it; may be empty
  std::span<const Param> params;
  bool changes = false;      // asked under a unique id, so that repeating it does nothing twice
  bool waits = false;        // has --wait
  bool lists = false;        // follows `next` up to --limit items
  std::string_view id_text = text;  // instead of `text` when an id was given
};

[[nodiscard]] std::span<const Command> all_commands();
[[nodiscard]] const Command* find_command(std::string_view name);  // "alert-test" is "alert_test"
// The known name that is nearest to a mistyped one; empty when none is near.
[[nodiscard]] std::string_view nearest_command(std::string_view name);

}  // namespace s1mple::client
