#include "supervisor/shell/self_test.h"

#include "common/os/loop.h"
#include "tests/support/catch.h"

namespace s1mple {

TEST_CASE("self-test: only a child that ran and could be killed is good enough") {
  struct Row {
    const char* name;
    const char* program;
    std::vector<std::string> arguments;
    Nanos limit;
    std::string story;  // empty: it passes
  };
  const auto row = GENERATE(values<Row>(
      {{"runs and waits", "/bin/sh", {"-c", "echo; exec sleep 1000"}, 60s, ""},
       {"runs with children of its own", "/bin/sh", {"-c", "sleep 1000 & echo; wait"}, 60s, ""},
       {"ends by itself", "/bin/true", {}, 60s, "ended with exit 0"},
       {"is not there", "/nonexistent", {}, 60s, "No such file"},
       {"cannot be run", "/etc/passwd", {}, 60s, "Permission denied"},
       {"never runs", "/bin/sleep", {"1000"}, 10ms, "never ran"}}));
  CAPTURE(row.name);
  Loop loop;
  const auto tested = test_children(loop, row.program, row.arguments, row.limit);
  CHECK(tested.ok() == row.story.empty());
  if (!tested) CHECK_THAT(tested.error().story, Catch::Contains(row.story));
}

}  // namespace s1mple
