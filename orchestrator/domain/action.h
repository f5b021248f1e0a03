// Actions: everything the engine can ask the shell to do.
//
// The shell performs them in order, each when every fact that was recorded before it is durable (its barrier):
// what leaves the process is never ahead of the disk (P1, P2). Plain values; the engine never learns how.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "common/base/log_line.h"
#include "common/base/time.h"
#include "common/contract/exit_code.h"
#include "orchestrator/domain/event.h"

namespace s1mple {

struct SendOrder { OrderIntent intent; };
struct SendCancel {
  ClientId client_id;
  VenueOrderId venue_id;   // empty: cancel by client id
  Symbol symbol;
};
struct AskVenue {
  std::uint64_t query = 0;             // comes back in QueryAnswer
  QueryKind kind = QueryKind::open_orders;
  WallTime since;                      // of closed_orders and trades: not older than this
  std::uint64_t offset = 0;            // rows to skip: the next page
};
struct AskData {                       // of the line to the market; connect is answered by DataConnected or DataLost
  DataAsk ask = DataAsk::connect;
  std::vector<Symbol> channels;        // of resubscribe
  std::string why;
};
struct Reply {                         // to Command
  std::string id;
  bool ok = true;
  int error_code = 0;                  // JSON-RPC, when not ok
  std::string json;                    // result, or the error's data; when not ok `message` says it for people
  std::string message;
};
struct Publish { std::string json; };  // a notification for subscribers: {"kind":...,"at":...,...}
struct SendAlert {                     // again and again until AlertDelivered
  std::string id;
  std::string level;                   // "info", "warning", "critical"
  std::string code;                    // stable, for programs: "breaker_open"
  std::string text;                    // for people
  WallTime at;
};
struct WriteLog { LogLine line; };
struct Stop {                          // everything is done that had to be done before the end
  ExitCode code = ExitCode::done;
  std::string reason;
};

using Action = std::variant<SendOrder, SendCancel, AskVenue, AskData, Reply, Publish, SendAlert, WriteLog, Stop>;

}  // namespace s1mple
