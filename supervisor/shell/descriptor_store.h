// systemd's descriptor store: what lies in it outlives this process and is given to the next one.
//
// Keeping:   each descriptor is sent with FDSTORE=1 and FDPOLL=0: systemd would else drop it when its other end closes,
//            and with it what the orchestrator said last.
// Confirmed: systemd has taken everything sent before (BARRIER=1); it never says that it refused one (the unit's
//            FileDescriptorStoreMax). Not confirmed: `done` is not called.
// Without systemd nothing is kept and keep() says so. Owner: the Supervisor. Thread: the loop's; never blocks.
// Source: sd_pid_notify_with_fds(3), sd_notify_barrier(3).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/os/inherited.h"
#include "common/os/pipe_reader.h"

namespace s1mple {

class Loop;
class ServiceNotify;

class DescriptorStore {
 public:
  DescriptorStore(Loop& loop, ServiceNotify& notify) : loop_(loop), notify_(notify) {}

  // False: there is no store. `done` replaces that of an earlier call.
  bool keep(const std::vector<BorrowedDescriptor>& descriptors, std::function<void()> done);
  void forget(const std::string& name);

 private:
  [[nodiscard]] bool send_barrier(std::function<void()> done);

  Loop& loop_;
  ServiceNotify& notify_;
  std::unique_ptr<PipeReader> barrier_;
};

}  // namespace s1mple
