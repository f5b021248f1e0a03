#include "supervisor/client/failures.h"

#include "supervisor/client/fields.h"

namespace s1mple::client {

namespace {

constexpr std::string_view kNobody = "no orchestrator runs";

std::string advice(const Invocation& asked, const std::string& key, const Speaker& speaker) {
  if (!asked.command->changes) return {};
  return "\nIt may or may not have been done. Look with: " + speaker.command("status") +
         "\nor repeat the command with --key " + key + ", which does nothing twice";
}

std::string with_help(std::string text, const RpcReply& reply) {
  const std::string help = Fields(reply.data).text("help");
  if (!help.empty() && text.find(help) == std::string::npos) text += "\nWhat helps: " + help;
  return text;
}

// What the alert command left behind, where the refusal tells.
std::string alert_details(const RpcReply& reply) {
  const Fields in(reply.data);
  std::string out;
  if (in.flag("timed_out")) out += "\nit did not end in time";
  if (in.whole("exit_code")) out += "\nexit code " + in.text("exit_code");
  if (!in.text("stderr").empty()) out += "\nit said: " + in.text("stderr");
  return out;
}

Failure refused(const RpcReply& reply, const Invocation& asked) {
  std::string text = neutral(reply.message);
  if (!text.starts_with("refused")) text.insert(0, "refused: ");
  const std::string reason = Fields(reply.data).text("reason");
  if (!reason.empty() && reply.message.find(reason) == std::string::npos) text += " (" + reason + ")";
  if (asked.command->name == "alert_test") text += alert_details(reply);
  return {ExitCode::command_refused, with_help(std::move(text), reply)};
}

Failure unconfirmed(const RpcReply& reply, const Invocation& asked, const Speaker& speaker) {
  std::string member = Fields(reply.data).text("confirm");
  if (member.empty() || member == "true") member = "confirm";
  return {ExitCode::command_refused, "refused: " + neutral(reply.message) + "\nIf you mean it: " +
                                         speaker.command(std::string(asked.command->name) + " --" + member)};
}

}  // namespace

Failure failure_of(const RpcReply& reply, const Invocation& asked, const std::string& key, const Speaker& speaker) {
  const std::string message = neutral(reply.message);
  const std::string name(asked.command->name);
  switch (static_cast<RpcErrorCode>(reply.code)) {
    case RpcErrorCode::outcome_unknown:
      return {ExitCode::unavailable, "outcome unknown: " + message + advice(asked, key, speaker)};
    case RpcErrorCode::not_running:
      return {ExitCode::unavailable,
              with_help((message.starts_with(kNobody) ? "" : std::string(kNobody) + ": ") + message +
                            "\nSee why with: " + speaker.command("status"), reply)};
    case RpcErrorCode::refused: return refused(reply, asked);
    case RpcErrorCode::needs_confirmation: return unconfirmed(reply, asked, speaker);
    case RpcErrorCode::invalid_params: return {ExitCode::usage, name + ": " + message};
    case RpcErrorCode::method_not_found:
      return {ExitCode::command_refused, "the running supervisor does not serve '" + name + "': " + message};
    case RpcErrorCode::parse_error:
    case RpcErrorCode::invalid_request:
    case RpcErrorCode::internal_error: break;
  }
  return {ExitCode::command_refused, "failed (" + std::to_string(reply.code) + "): " + message};
}

Failure unanswered(const Error& error, const Invocation& asked, const std::string& key, const Speaker& speaker) {
  return {ExitCode::unavailable, "outcome unknown: " + neutral(error.story) + advice(asked, key, speaker)};
}

}  // namespace s1mple::client
