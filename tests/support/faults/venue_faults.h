// VenueFaults: what a half-dead exchange does to each request and each push (SCENARIOS, rig).
//
// Asked once for every request, before it is done, and for every push, before it is told; what is not set passes.
// A plain value of the test: the layer that keeps it (faulty_environment.h) does as it says.
// Units: spans of the machine's clock. Thread: the test's.
#pragma once

#include <functional>
#include <optional>

#include "orchestrator/domain/action.h"
#include "orchestrator/domain/event.h"

namespace s1mple {

enum class Fate : std::uint8_t {
  done = 1,       // the exchange does it and answers
  lost,           // it never arrives; nothing answers
  answer_lost,    // it is done, nothing answers
  failed_before,  // it is not done, and the answer proves nothing (503)
  failed_after,   // it is done, and the answer proves nothing (504)
  refused,        // it is not done, and the answer says so
};

struct RequestFate {
  Fate fate = Fate::done;
  Nanos answered_after{};                 // of an answer that comes
  RefusalCode code = RefusalCode::other;  // of refused
};

struct PushFate {
  int times = 1;  // 0: dropped
  Nanos after{};  // later than others: out of order
};

struct VenueFaults {
  std::function<RequestFate(const SendOrder&)> order;
  std::function<RequestFate(const SendCancel&)> cancel;
  std::function<RequestFate(const AskVenue&)> query;
  std::function<PushFate(const OrderPush&)> order_push;
  std::function<PushFate(const FillPush&)> fill_push;
  Nanos history_lag{};            // trades younger than this are not listed yet
  std::optional<Nanos> lookback;  // closed orders and trades older than this are not listed any more
  bool data_frozen = false;       // no row of the market is told, while heartbeats go on
  bool line_down = false;         // nothing comes from the market, and nobody gets through to it

  // Told of all that passes: of each order before its fate, then before and after each request, before each event that
  // is told. What they throw ends the process there.
  std::function<void(const SendOrder&)> order_leaves;
  std::function<void()> beside_request, before_event;
};

}  // namespace s1mple
