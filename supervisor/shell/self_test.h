// Before anything depends on it: a dummy child is really started, heard of, killed and seen to end.
//
// What could be missing is the machine's, not the program's: room for a process, clone3 or pidfds behind a sandbox, a
// poll that never tells of an end. Better known before the first orchestrator runs than when it has to be ended.
// Blocks, on a loop that nothing else uses yet. Failure: the story of the step that went wrong. Thread: main.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"

namespace s1mple {

class Loop;

// `program` says one byte on standard output when it runs, and then waits to be killed.
[[nodiscard]] Result<void> test_children(Loop& loop, const std::string& program, const std::vector<std::string>& arguments,
                                         Nanos limit);

inline constexpr Nanos kSelfTestLimit = 30s;  // of a machine that can start nothing in this time
inline constexpr const char* kDummyChild = "dummy-child";
// The dummy's own side; never returns.
[[noreturn]] void be_dummy_child();

}  // namespace s1mple
