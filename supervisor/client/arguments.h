// The command line as data: which command, which parameters, where to ask, how to print.
//
// Hand-written over the table of commands instead of a library: linked into the supervisor, CLI11 brings iostreams
// and global objects that cost 0.4 MB in every `run` (measured), a quarter of its whole budget.
// Accepted: --name value, --name=value, options anywhere, `--` ends them. Refused: unknown options, missing or
// surplus words, wrong numbers, each with what would be right. Thread: any; pure.
#pragma once

#include <span>
#include <string>

#include "common/base/result.h"
#include "common/base/time.h"
#include "supervisor/client/command_table.h"

namespace s1mple::client {

inline constexpr std::int64_t kListLimitMax = 10'000;

struct Invocation {
  const Command* command = nullptr;
  std::string params_json = "{}";
  std::string socket, home;  // empty: not given
  std::string key;           // the id to ask under; empty: a new one
  std::string topic;         // of help
  bool help = false;         // --help
  bool json = false, watch = false, wait = false;
  bool has_id = false;       // crashes ID: one report instead of the list
  std::string symbol, scope; // of flatten and halt, for --wait
  std::int64_t limit = 50;   // of lists
  Nanos timeout{};           // zero: the command's own
};

// `words` are those after the program's name; the first is the command. Error: a sentence for the user.
[[nodiscard]] Result<Invocation> parse_arguments(std::span<const char* const> words);

}  // namespace s1mple::client
