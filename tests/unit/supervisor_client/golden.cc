#include "tests/unit/supervisor_client/golden.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/support/catch.h"

namespace s1mple {

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(S1MPLE_GOLDEN_DIR) + "/" + name + ".txt";
  if (std::getenv("S1MPLE_GOLDEN_UPDATE") != nullptr) {
    std::ofstream(path) << text;
    return;
  }
  std::ifstream file(path);
  std::stringstream wanted;
  wanted << file.rdbuf();
  INFO("golden text " << path);
  CHECK(text == wanted.str());
}

}  // namespace s1mple
