#include "common/os/resident_memory.h"

#include <string>
#include <vector>

#include "common/os/process_info.h"
#include "tests/support/catch.h"
#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

TEST_CASE("memory that was given back leaves data as they are and code that runs") {
  static const char* const kConstant = "a constant in the program's own file";
  static int counter = 1;
  const std::vector<std::string> texts(1000, "on the heap");
  const auto before = read_process_info(::getpid());
  give_back_memory();
  const auto after = read_process_info(::getpid());
  ++counter;
  CHECK(counter == 2);
  CHECK(std::string(kConstant) == "a constant in the program's own file");
  CHECK(texts.back() == "on the heap");
  CHECK(after->resident_bytes < before->resident_bytes);
}
