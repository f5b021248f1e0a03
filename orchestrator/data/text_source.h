// The port through which this room reads a file of text: it does no I/O itself.
//
// The shell implements it over a file, tests over a string. A source does not change while it is read.
// Units: bytes. Owner: the reader that was given it. Thread: loop. Errors: what the disk says.
#pragma once

#include <cstdint>
#include <span>

#include "common/base/result.h"

namespace s1mple {

class TextSource {
 public:
  virtual ~TextSource() = default;
  // Bytes copied to the front of `into`, from `offset` on: at least one, or 0 at the end (and behind it).
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) = 0;
};

}  // namespace s1mple
