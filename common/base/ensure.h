// ENSURE: what must hold if this program is right. On in every build.
//
// A false condition is a bug of ours, never the world's doing: the process says where and why on standard
// error and aborts; the supervisor restarts it. Never use it on input from outside.
// Thread: any.
#pragma once

#include <string_view>

namespace s1mple {

[[noreturn]] void ensure_failed(const char* file, int line, const char* condition,
                                std::string_view message) noexcept;

}  // namespace s1mple

#define ENSURE(condition, message)                                              \
  do {                                                                          \
    if (!(condition)) [[unlikely]]                                              \
      ::s1mple::ensure_failed(__FILE__, __LINE__, #condition, message);         \
  } while (false)
