#include "supervisor/shell/orchestrator_process.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "common/os/pidfd.h"
#include "supervisor/core/inheritance.h"

extern char** environ;

namespace s1mple {

namespace {

// Both ends are made before the process, so that nothing of ours can fail once it runs.
struct Ends {
  std::pair<UniqueFd, UniqueFd> link;
  PipeEnds out, error;
};

Result<Ends> make_ends() {
  auto link = PacketSocket::make_pair();
  if (!link) return std::move(link).error().during("make the link");
  auto out = make_pipe();
  if (!out) return std::move(out).error();
  auto error = make_pipe();
  if (!error) return std::move(error).error();
  return Ends{std::move(link).value(), std::move(out).value(), std::move(error).value()};
}

}  // namespace

std::vector<std::string> own_environment() {
  std::vector<std::string> own;
  for (char** entry = environ; *entry != nullptr; ++entry) own.emplace_back(*entry);
  return own;
}

std::vector<std::string> environment_for_child(std::vector<std::string> own) {
  constexpr std::array<std::string_view, 6> kOurs{"NOTIFY_SOCKET=", "WATCHDOG_USEC=", "WATCHDOG_PID=",
                                                  "LISTEN_FDS=",    "LISTEN_PID=",    "LISTEN_FDNAMES="};
  std::erase_if(own, [&](const std::string& variable) {
    return std::ranges::any_of(kOurs, [&](std::string_view name) { return variable.starts_with(name); });
  });
  return own;
}

std::vector<std::string> environment_for_orchestrator(std::vector<std::string> own) {
  auto environment = environment_for_child(std::move(own));
  static constexpr std::string_view kTunables = "GLIBC_TUNABLES=";
  if (std::ranges::none_of(environment, [](const std::string& entry) { return entry.starts_with(kTunables); }))
    environment.push_back(std::string(kTunables) + "glibc.malloc.hugetlb=1");
  return environment;
}

Result<std::unique_ptr<OrchestratorProcess>> OrchestratorProcess::start(Loop& loop, const Command& command,
                                                                        Callbacks callbacks) {
  auto ends = make_ends();
  if (!ends) return std::move(ends).error();
  std::unique_ptr<OrchestratorProcess> process(new OrchestratorProcess(loop, std::move(callbacks)));
  if (auto opened = process->open_ends(loop, std::move(ends->link.first), std::move(ends->out.reading),
                                       std::move(ends->error.reading));
      !opened)
    return std::move(opened).error();

  ChildSpec spec;
  spec.program = command.program;
  spec.arguments = command.arguments;
  spec.environment = command.environment;
  spec.descriptors = {{ends->out.writing.get(), STDOUT_FILENO},
                      {ends->error.writing.get(), STDERR_FILENO},
                      {ends->link.second.get(), kLinkDescriptor}};
  spec.takes_group_along = true;
  auto child = Child::spawn(loop, spec, [raw = process.get()](const ChildExit& exit) { raw->take_exit(exit); });
  if (!child) return std::move(child).error();
  process->child_ = std::move(child).value();
  return process;
}

Result<std::unique_ptr<OrchestratorProcess>> OrchestratorProcess::adopt(Loop& loop, Parts parts, Callbacks callbacks) {
  std::unique_ptr<OrchestratorProcess> process(new OrchestratorProcess(loop, std::move(callbacks)));
  if (auto opened =
          process->open_ends(loop, std::move(parts.link), std::move(parts.out), std::move(parts.error));
      !opened)
    return std::move(opened).error();
  auto child = Child::adopt(loop, std::move(parts.process), parts.pid,
                            [raw = process.get()](const ChildExit& exit) { raw->take_exit(exit); });
  if (!child) return std::move(child).error();
  process->child_ = std::move(child).value();
  return process;
}

void OrchestratorProcess::take_exit(const ChildExit& exit) {
  exit_ = std::make_unique<ChildExit>(exit);
  drained_.start_after(kDrain);
  end_if_drained();
}

// One that was closed already is not listed: then the run cannot be taken over, and ends in order.
std::vector<BorrowedDescriptor> OrchestratorProcess::descriptors() const {
  std::vector<BorrowedDescriptor> open;
  const auto add = [&](RunPart part, int fd) {
    if (fd >= 0) open.push_back({stored_name(part, pid()), fd});
  };
  add(RunPart::process, child_->pidfd());
  add(RunPart::link, link_ ? link_->fd() : -1);
  add(RunPart::out, out_ ? out_->fd() : -1);
  add(RunPart::error, error_ ? error_->fd() : -1);
  return open;
}

Result<void> OrchestratorProcess::open_ends(Loop& loop, UniqueFd link, UniqueFd out, UniqueFd error) {
  if (auto opened = open_link(loop, std::move(link)); !opened) return opened;
  if (auto opened = open_pipe(loop, std::move(out), OutputTail::Stream::out, out_); !opened) return opened;
  return open_pipe(loop, std::move(error), OutputTail::Stream::error, error_);
}

Result<void> OrchestratorProcess::open_link(Loop& loop, UniqueFd fd) {
  PacketSocket::Callbacks callbacks;
  callbacks.on_packet = [this](std::string_view packet) { take_packet(packet); };
  callbacks.on_closed = [this](const std::optional<Error>&) { lose_link(); };
  auto socket = PacketSocket::open(loop, std::move(fd), std::move(callbacks));
  if (!socket) return std::move(socket).error();
  link_ = std::move(socket).value();
  return {};
}

Result<void> OrchestratorProcess::open_pipe(Loop& loop, UniqueFd fd, OutputTail::Stream stream,
                                            std::unique_ptr<PipeReader>& reader) {
  PipeReader::Callbacks callbacks;
  callbacks.on_bytes = [this, stream](std::string_view bytes) { callbacks_.on_output(stream, bytes); };
  callbacks.on_end = [this, &reader] {
    reader.reset();
    end_if_drained();
  };
  auto opened = PipeReader::open(loop, std::move(fd), std::move(callbacks));
  if (!opened) return std::move(opened).error();
  reader = std::move(opened).value();
  return {};
}

void OrchestratorProcess::take_packet(std::string_view packet) {
  auto message = link::decode_to_supervisor(packet);
  if (!message) return callbacks_.on_bad_packet(message.error());
  callbacks_.on_message(std::move(message).value());
}

void OrchestratorProcess::lose_link() {
  link_.reset();
  if (exit_) return end_if_drained();
  callbacks_.on_link_lost();
}

bool OrchestratorProcess::send(const link::ToOrchestrator& message) {
  return link_ && link_->send(link::encode(message)).ok();
}

bool OrchestratorProcess::has_ended() const { return !child_->running() || s1mple::has_ended(child_->pidfd()); }

void OrchestratorProcess::signal(int signal_number, bool group) {
  // One that has ended in the meantime needs no signal; its end is on its way.
  if (group) (void)child_->signal_group(signal_number);
  else (void)child_->signal(signal_number);
}

void OrchestratorProcess::end_if_drained() {
  if (exit_ && !link_ && !out_ && !error_) end();
}

void OrchestratorProcess::end() {
  drained_.cancel();
  const auto on_end = std::move(callbacks_.on_end);
  const ChildExit exit = *exit_;
  on_end(exit);  // may destroy this
}

}  // namespace s1mple
