// orchestrator_faulty: the orchestrator, before an exchange that S1MPLE_FAULTS makes hostile (fault_mix.h).
//
// A test's program: the shell, the engine and the stores are the product's, and it is never installed.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "common/contract/exit_code.h"
#include "common/os/clock.h"
#include "orchestrator/shell/program.h"
#include "tests/support/faults/fault_mix.h"
#include "tests/support/faults/faulty_environment.h"

int main(int argc, char** argv) {
  using namespace s1mple;
  const char* text = std::getenv("S1MPLE_FAULTS");
  auto mix = FaultMix::parse(text == nullptr ? "" : text);
  if (!mix) {
    std::fprintf(stderr, "S1MPLE_FAULTS: %s\n", mix.error().story.c_str());
    return to_int(ExitCode::usage);
  }
  mix->seed += static_cast<std::uint64_t>(::getpid());  // each process its own faults
  const SystemClock clock;
  const VenueFaults faults = mix->faults();
  return run_program(argc, argv, [&](ExecutionEnvironment& inner) {
    return std::make_unique<FaultyEnvironment>(inner, clock, faults);
  });
}
