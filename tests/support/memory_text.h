// MemoryText: a TextSource over a string, for tests.
//
// It hands out at most `most` bytes at once, and can fail. Thread: one.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "orchestrator/data/text_source.h"

namespace s1mple {

class MemoryText final : public TextSource {
 public:
  explicit MemoryText(std::string text, std::size_t most = 1U << 20U,
                      std::optional<std::uint64_t> fails_at = {})
      : text_(std::move(text)), most_(most), fails_at_(fails_at) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
    if (fails_at_ && offset + into.size() > *fails_at_) return Error{Errc::io, "the disk says no", 5};
    if (offset >= text_.size()) return std::size_t{0};
    const std::size_t count = std::min({into.size(), most_, text_.size() - offset});
    std::memcpy(into.data(), text_.data() + offset, count);
    return count;
  }

 private:
  std::string text_;
  std::size_t most_;
  std::optional<std::uint64_t> fails_at_;
};

}  // namespace s1mple
