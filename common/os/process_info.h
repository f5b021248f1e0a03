// ProcessInfo: what /proc says about a process right now, as evidence for a verdict or a report.
//
// Best effort: a field that cannot be read (rights, a zombie's) keeps its default. Errc::not_found if there
//              is no such
// process. Reads six small files, no more than some 100 us; memory is resident bytes, times are processor
// time used, run_delay is the time spent waiting for a processor.
// Thread: any.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "common/base/time.h"

namespace s1mple {

struct ProcessInfo {
  char state = '?';          // R running, S sleeping, D uninterruptible, T stopped, t traced, Z zombie
  std::string wait_channel;  // kernel function it sleeps in; empty when it runs or we may not know
  pid_t parent = 0;
  pid_t tracer = 0;          // 0: nobody
  int threads = 0;
  int descriptors = -1;      // -1: not readable
  std::int64_t resident_bytes = 0;
  Nanos user_time{}, system_time{}, run_delay{};
  Nanos age{};               // since it was started
};

[[nodiscard]] Result<ProcessInfo> read_process_info(pid_t pid);

}  // namespace s1mple
