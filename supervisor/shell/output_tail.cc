#include "supervisor/shell/output_tail.h"

#include <algorithm>

#include "supervisor/shell/log_sink.h"

namespace s1mple {

void OutputTail::take(Stream stream, std::string_view bytes) {
  const std::string_view kept = bytes.size() > kTailBytes ? bytes.substr(bytes.size() - kTailBytes) : bytes;
  const std::size_t room = kTailBytes - std::min(ring_.size(), kTailBytes);
  const std::size_t appended = std::min(room, kept.size());
  ring_.append(kept.substr(0, appended));
  for (const char c : kept.substr(appended)) {
    ring_[at_] = c;
    at_ = (at_ + 1) % kTailBytes;
  }

  std::string& partial = partial_[static_cast<unsigned char>(stream)];
  while (!bytes.empty()) {
    const std::size_t room_in_line = LogSink::kMaxLine - partial.size();
    const auto end = bytes.substr(0, room_in_line).find('\n');
    const bool whole = end != std::string_view::npos;
    const std::size_t taken = whole ? end : std::min(bytes.size(), room_in_line);
    partial.append(bytes.substr(0, taken));
    bytes.remove_prefix(whole ? taken + 1 : taken);
    if (!whole && partial.size() < LogSink::kMaxLine) return;
    if (!partial.empty()) on_line_(partial);
    partial.clear();
  }
}

void OutputTail::end(Stream stream) {
  std::string& partial = partial_[static_cast<unsigned char>(stream)];
  if (!partial.empty()) on_line_(partial);
  partial.clear();
}

std::string OutputTail::tail() const { return ring_.substr(at_) + ring_.substr(0, at_); }

void OutputTail::clear() {
  ring_.clear();
  at_ = 0;
  for (auto& partial : partial_) partial.clear();
}

}  // namespace s1mple
