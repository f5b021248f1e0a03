#include "common/contract/version.h"

namespace s1mple {

std::string_view product_version() { return S1MPLE_VERSION; }

}  // namespace s1mple
