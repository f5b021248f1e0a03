// unix_address: a path as the address of a Unix socket. For the .cc files of common/os only.
//
// A path over 107 bytes is refused (the kernel would cut it or misread it), and so is an empty one, which
// would be an abstract address that no file rights protect. Thread: any.
#pragma once

#include <sys/un.h>

#include <string>

#include "common/base/result.h"

namespace s1mple {

[[nodiscard]] Result<sockaddr_un> unix_address(const std::string& path);

}  // namespace s1mple
