#include "supervisor/shell/descriptor_store.h"

#include <algorithm>
#include <utility>

#include "common/os/loop.h"
#include "supervisor/shell/service_notify.h"

namespace s1mple {

bool DescriptorStore::keep(const std::vector<BorrowedDescriptor>& descriptors, std::function<void()> done) {
  if (!notify_.enabled()) return false;
  barrier_.reset();
  const bool sent = std::all_of(descriptors.begin(), descriptors.end(), [this](const BorrowedDescriptor& one) {
    return notify_.send_descriptor("FDSTORE=1\nFDPOLL=0\nFDNAME=" + one.name, one.fd);
  });
  if (sent) (void)send_barrier(std::move(done));  // else nothing is confirmed, and its caller's wait ends by itself
  return true;
}

// systemd closes its copy of the writing end when it has come to this message.
bool DescriptorStore::send_barrier(std::function<void()> done) {
  auto pipe = make_pipe();
  if (!pipe || !notify_.send_descriptor("BARRIER=1", pipe->writing.get())) return false;
  pipe->writing.reset();
  PipeReader::Callbacks callbacks;
  callbacks.on_bytes = [](std::string_view) {};
  callbacks.on_end = [this, done = std::move(done)] {
    const auto told = done;  // resetting ends this function's own life
    barrier_.reset();
    told();
  };
  auto reader = PipeReader::open(loop_, std::move(pipe->reading), std::move(callbacks));
  if (!reader) return false;
  barrier_ = std::move(reader).value();
  return true;
}

void DescriptorStore::forget(const std::string& name) { notify_.send("FDSTOREREMOVE=1\nFDNAME=" + name); }

}  // namespace s1mple
