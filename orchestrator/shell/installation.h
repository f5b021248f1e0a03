// INSTALLATION: the tag that marks this installation's order ids, and every earlier one, in <home>/INSTALLATION.
//
// A tag that was ever drawn stays ours: orders that carry it are ours for ever, also after the books were archived or
// restored. A new tag stands in the file, durably, before anything is sent under it.
// Format: {"tag":"k3f9","earlier":["0a7b"]}. Owner: the shell. Thread: loop; blocks for a few syncs at start only.
// Errors: a file that cannot be read as this is an error: guessing a tag could repeat one.
#pragma once

#include <string>
#include <vector>

#include "common/base/random.h"
#include "common/base/result.h"

namespace s1mple {

struct Installation {
  std::string tag;                   // empty: none was drawn yet
  std::vector<std::string> earlier;  // oldest first

  [[nodiscard]] static Result<Installation> read(const std::string& home);   // an empty one where there is no file
  [[nodiscard]] Result<void> write(const std::string& home) const;
  // Makes `tag` the one in use; what was in use, and all of `others`, are earlier ones.
  void adopt(const std::string& tag, const std::vector<std::string>& others);
  // Four characters of base 36 that are not among ours.
  [[nodiscard]] std::string draw(Random& random) const;
};

}  // namespace s1mple
