#include "common/os/own_limits.h"

#include <sys/resource.h>

#include "common/os/child.h"
#include "common/os/pipe_reader.h"
#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

namespace {

rlim_t descriptors() {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  return limit.rlim_cur;
}

std::string seen_by_a_child() {
  Loop loop;
  auto pipe = make_pipe().value();
  ChildSpec spec;
  spec.program = "/bin/sh";
  spec.arguments = {"-c", "ulimit -n"};
  spec.descriptors = {{pipe.writing.get(), 1}};
  bool exited = false, drained = false;
  std::string output;
  const auto child = Child::spawn(loop, spec, [&](const ChildExit&) { exited = true; }).value();
  pipe.writing.reset();
  const auto reader = PipeReader::open(loop, std::move(pipe.reading),
                                       {[&](std::string_view bytes) { output += bytes; }, [&] { drained = true; }})
                          .value();
  run_until(loop, [&] { return exited && drained; });
  return output;
}

}  // namespace

TEST_CASE("own limits: they bind this process, and its children get what it was given") {
  const rlim_t given = descriptors();
  REQUIRE(given > kOwnDescriptors);
  take_own_limits();
  CHECK(descriptors() == kOwnDescriptors);
  CHECK(seen_by_a_child() == std::to_string(given) + "\n");
  CHECK(descriptors() == kOwnDescriptors);
  give_back_limits();
  CHECK(descriptors() == given);
}
