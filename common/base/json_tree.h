// The parsed document behind JsonValue: nodes in one array, their characters in one string. Only json*.cc see it.
//
// Layout:    the children of a container lie side by side (members as key, value, key, value) and before it; the
//            root is the last node. Hence item(i) is one step, and a parent is found by looking to the right.
// Ownership: Document owns everything; nodes refer to it by offsets, so that the vectors may grow while parsing.
// Thread:    immutable once built.
#pragma once

#include <string>
#include <vector>

#include "common/base/json.h"

namespace s1mple {

struct JsonValue::Node {
  Kind kind = Kind::null;
  bool is_true = false;     // boolean
  std::uint32_t first = 0;  // text and number: offset of the characters; containers: index of the first child
  std::uint32_t count = 0;  // text and number: bytes; array: items; object: members

  // Children in the node array: an object's keys and values both count.
  [[nodiscard]] std::size_t children() const {
    if (kind == Kind::array) return count;
    return kind == Kind::object ? std::size_t{count} * 2 : 0;
  }
};

struct JsonValue::Document {
  std::string characters;
  std::vector<Node> nodes;
};

}  // namespace s1mple
