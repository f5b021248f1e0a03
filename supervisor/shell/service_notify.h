// Tells systemd how the service is doing (sd_notify's datagrams) without linking libsystemd.
//
// Messages: READY=1, STATUS=, STOPPING=1, EXTEND_TIMEOUT_USEC=, WATCHDOG=1, those of the descriptor store.
//           Without $NOTIFY_SOCKET nothing is sent.
//           watchdog_interval is half of $WATCHDOG_USEC, if $WATCHDOG_PID is ours or absent.
// Thread: the loop's; never blocks: a full socket loses the message, the next one follows.
// Source: sd_notify(3), sd_watchdog_enabled(3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/time.h"
#include "common/os/unique_fd.h"

namespace s1mple {

class ServiceNotify {
 public:
  ServiceNotify();

  void send(std::string_view message);
  // With a descriptor, which is borrowed. False: it was not taken.
  [[nodiscard]] bool send_descriptor(std::string_view message, int descriptor);
  [[nodiscard]] bool enabled() const { return fd_.valid(); }
  [[nodiscard]] std::optional<Nanos> watchdog_interval() const { return watchdog_; }

 private:
  [[nodiscard]] bool send_message(std::string_view message, const int* descriptor);

  std::string address_;
  UniqueFd fd_;
  std::optional<Nanos> watchdog_;
};

}  // namespace s1mple
