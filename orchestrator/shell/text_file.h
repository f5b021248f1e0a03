// A file of market data as a TextSource: read at an offset, never written.
// Owner: the reader. Thread: loop; blocks for a read. Errors: of the operating system, with the path.
#pragma once

#include <memory>
#include <string>

#include "orchestrator/data/text_source.h"

namespace s1mple {

[[nodiscard]] Result<std::unique_ptr<TextSource>> open_text_file(const std::string& path);
[[nodiscard]] Result<void> can_read(const std::string& path);

}  // namespace s1mple
