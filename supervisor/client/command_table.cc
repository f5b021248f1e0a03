#include "supervisor/client/command_table.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace s1mple::client {

namespace {

constexpr std::array<Param, 2> kHalt{{
    {"reason", "", ParamKind::words, true, "", "why; it is kept and shown until somebody resumes"},
    {"scope", "--scope", ParamKind::text, false, "", "one strategy instead of everything"}}};
constexpr std::array<Param, 1> kResume{{
    {"reason", "", ParamKind::words, true, "", "why it is safe to trade again; it is kept"}}};
constexpr std::array<Param, 4> kFlatten{{
    {"confirm", "--confirm", ParamKind::flag, false, "", "yes, sell; without it nothing is done"},
    {"symbol", "--symbol", ParamKind::text, false, "", "one symbol instead of all"},
    {"limit_price", "--limit-price", ParamKind::text, false, "", "the lowest price to sell at"},
    {"allow_stale", "--allow-stale", ParamKind::flag, false, "", "sell although the market data is stale"}}};
constexpr std::array<Param, 3> kAccept{{
    {"what", "", ParamKind::text, true, "", "code of the discrepancy, as status and alert show it"},
    {"id", "", ParamKind::text, true, "", "its id"},
    {"reason", "", ParamKind::words, true, "", "why it is taken on; it is kept"}}};
constexpr std::array<Param, 1> kOrders{{
    {"all", "--all", ParamKind::flag, false, "", "closed ones too, as far back as the state reaches"}}};
constexpr std::array<Param, 1> kExplain{{
    {"order", "", ParamKind::text, true, "", "client id or the venue's id"}}};
constexpr std::array<Param, 1> kRestart{{
    {"mode", "--mode", ParamKind::text, false, "recovery|safe", "how it starts again (default: recovery)"}}};
constexpr std::array<Param, 2> kShutdown{{
    {"flatten", "--flatten", ParamKind::flag, false, "", "sell all positions first; needs --confirm"},
    {"confirm", "--confirm", ParamKind::flag, false, "", "confirms --flatten"}}};
constexpr std::array<Param, 1> kAck{{
    {"id", "", ParamKind::text, true, "", "id of the alert, or 'all' for every delivered one"}}};
constexpr std::array<Param, 1> kAlertTest{{
    {"escalation", "--escalation", ParamKind::flag, false, "", "try the second command"}}};
constexpr std::array<Param, 1> kCrashes{{
    {"id", "", ParamKind::text, false, "", "one report, whole"}}};

constexpr std::array<Command, 23> kCommands{{
    {"status", "status", "How everything stands", "", {}, false, false, false},
    {"halt", "halt", "Stop trading and cancel all orders, until somebody resumes",
     "Closes the gate at once and survives every restart. Works while no orchestrator runs (then without --scope).\n"
     "--wait returns when no order is open and none is in doubt.", kHalt, true, true, false},
    {"resume", "resume", "Lift a halt and latched breaker reasons", "", kResume, true, false, false},
    {"reconcile", "reconcile", "Compare with the venue now", "The outcome is in status.", {}, true, false, false},
    {"flatten", "flatten", "Sell all positions",
     "Cancels the orders of each symbol, waits for the evidence, then sells what is held.\n"
     "--wait returns when no position is left.", kFlatten, true, true, false},
    {"accept", "accept", "Take on a discrepancy that a person must decide", "", kAccept, true, false, false},
    {"orders", "orders", "Open orders", "", kOrders, false, false, true},
    {"positions", "positions", "Positions with their protective orders", "", {}, false, false, true},
    {"fills", "fills", "Fills, newest first", "", {}, false, false, true},
    {"explain", "explain", "Why, when and on what evidence an order became what it is", "", kExplain, false, false, false},
    {"restart", "restart", "End the orchestrator in order and start it again", "", kRestart, true, false, false},
    {"clear", "clear", "One step up the ladder: parked to safe, safe to recovery", "", {}, true, false, false},
    {"shutdown", "shutdown", "End the supervisor and the orchestrator in order", "Protective orders stay.", kShutdown,
     true, false, false},
    {"reload", "reload", "Read the configuration again",
     "What may change while everything runs is taken over at once; the rest is named, and stays as it was until a restart.\n"
     "A configuration that is refused changes nothing.", {}, true, false, false},
    {"upgrade", "upgrade", "Become the supervisor program that is in place now",
     "The orchestrator trades on; a program that cannot be run or refuses the configuration is refused.", {}, true, false,
     false},
    {"alerts", "alerts", "Alerts, newest first", "", {}, false, false, true},
    {"ack", "ack", "Acknowledge an alert, so that it is not sent again", "", kAck, true, false, false},
    {"alert_test", "alert_test", "Send one test alert and say whether the command took it", "", kAlertTest, true, false, false},
    {"crashes", "crashes", "Reports of ended orchestrators, newest first", "", kCrashes, false, false, true,
     "Report of an ended orchestrator"},
    {"subscribe", "subscribe", "Print events as they happen, until interrupted", "", {}, false, false, false},
    {"version", "version", "Versions of this program and of the running supervisor", "", {}, false, false, false},
    {"methods", "help", "What the running supervisor serves on its socket", "", {}, false, false, false},
    {"help", "", "This list, or the help of one command", "", {}, false, false, false},
}};

// Number of single-character changes from one to the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::span<const Command> all_commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  std::string wanted(name.substr(0, 32));
  std::replace(wanted.begin(), wanted.end(), '-', '_');
  for (const auto& command : kCommands)
    if (command.name == wanted) return &command;
  return nullptr;
}

std::string_view nearest_command(std::string_view name) {
  constexpr std::size_t kNear = 2;
  std::size_t best = kNear + 1;
  std::string_view nearest;
  for (const auto& command : kCommands) {
    const bool begins = name.size() >= 3 && command.name.starts_with(name);
    const std::size_t changes = begins ? 1 : distance(name.substr(0, 32), command.name);
    if (changes >= best) continue;
    best = changes;
    nearest = command.name;
  }
  return nearest;
}

}  // namespace s1mple::client
