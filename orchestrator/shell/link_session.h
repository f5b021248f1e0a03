// LinkSession: the orchestrator's end of the link to its supervisor (common/contract/PROTOCOL.md, section 2).
//
// It speaks the protocol and nothing else: messages become calls of its Listener; pings are answered from the main
// loop with what the listener tells. Alerts are kept by the engine; this only carries them.
// Silence (LinkSilence): no valid ping for 5 s closes the gate (supervisor_lost); none for the grace that `attach`
// gave, or EOF where `attach` said so, drains (link_ended). A ping of another instance, or one repeated or out of
// order, is ignored.
// Owner: the shell. Thread: loop. Errors: a packet that cannot be read is logged and dropped.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/log_line.h"
#include "common/contract/link.h"
#include "common/os/packet_socket.h"
#include "common/os/timer.h"
#include "orchestrator/domain/action.h"
#include "orchestrator/engine/link_silence.h"

namespace s1mple {

class LinkSession {
 public:
  struct Beat {
    HealthCounters counters;
    std::string status;   // the `orchestrator` object; empty: none yet
  };
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void on_attach(const link::Attach& attach) = 0;   // the first one, and each that adopts
    virtual void on_go() = 0;
    virtual Beat on_ping() = 0;
    virtual void on_command(s1mple::Command command) = 0;
    virtual void on_alert_ok(const std::string& id) = 0;
    virtual void on_shutdown(Nanos grace, const std::string& reason) = 0;
    virtual void on_supervisor_lost(const std::string& reason) = 0;
    virtual void on_supervisor_back() = 0;
    virtual void on_link_ended(const std::string& reason) = 0;   // drain, then exit 69
    virtual void on_log(const LogLine& line) = 0;
  };

  [[nodiscard]] static Result<std::unique_ptr<LinkSession>> open(Loop& loop, const Clock& clock, int descriptor,
                                                                 Listener& listener);
  ~LinkSession();

  // Again after an adoption, with what is known by then.
  void hello(std::optional<std::uint64_t> epoch = std::nullopt, std::optional<StartMode> mode = std::nullopt);
  void progress(std::string_view phase, std::uint64_t done, std::uint64_t total);
  void ready(std::uint64_t epoch);
  void epoch_forced(std::uint64_t epoch);
  void reply(const Reply& reply);
  void publish(const std::string& json);
  void alert(const SendAlert& alert);
  void latch(bool halted, const std::string& reason, WallTime at);
  void bye(ExitCode code, const std::string& reason, bool halt);

 private:
  LinkSession(Loop& loop, const Clock& clock, Listener& listener);
  void on_packet(std::string_view packet);
  void on(const link::Attach& message);
  void on(const link::Go& message);
  void on(const link::Ping& message);
  void on(const link::Shutdown& message);
  void on(const link::Command& message);
  void on(const link::AlertOk& message);
  void on_closed();
  void watch();
  void send(const link::ToSupervisor& message);

  Loop& loop_;
  const Clock& clock_;
  Listener& listener_;
  std::unique_ptr<PacketSocket> socket_;
  std::unique_ptr<Timer> watch_;
  std::string instance_;
  std::uint64_t last_ping_ = 0;
  LinkSilence silence_;
  Nanos grace_ = 10s;
  bool attached_ = false;
  bool drain_on_eof_ = false;
  bool lost_ = false;
  bool ended_ = false;
};

}  // namespace s1mple
