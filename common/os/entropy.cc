#include "common/os/entropy.h"

#include <sys/random.h>

#include "common/base/ensure.h"

namespace s1mple {

std::uint64_t entropy() {
  std::uint64_t bits = 0;
  ENSURE(::getentropy(&bits, sizeof bits) == 0, "the kernel gives no random bits");
  return bits;
}

}  // namespace s1mple
