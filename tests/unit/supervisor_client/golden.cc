#include "tests/unit/supervisor_client/golden.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/catch.h"

namespace s1mple {

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(S1MPLE_GOLDEN_DIR) + "/" + name + ".txt";
  std::ifstream file(path);
  std::stringstream wanted;
  wanted << file.rdbuf();
  if (text == wanted.str()) {
    SUCCEED();
    return;
  }
  const std::string seen = std::string(S1MPLE_GOLDEN_SEEN_DIR) + "/" + name + ".txt";
  std::filesystem::create_directories(S1MPLE_GOLDEN_SEEN_DIR);
  std::ofstream(seen) << text;
  FAIL_CHECK("wanted " << path << "\n" << wanted.str() << "seen " << seen << "\n" << text);
}

}  // namespace s1mple
