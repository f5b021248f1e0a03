// ExecutionHandler: the one way of an order, from the intent to the evidence that it is over.
//
// Requests: place and cancel make their fact before their action; an answer that proves nothing, or none in
// time, leaves the order in doubt (P4). Evidence: answers, pushes and rows of reads are merged in any order
// and any number of times to the same books; a fill counts once (P5); an outcome needs the venue's word or a
// proof of absence. A closing that names more fills than were counted is held back until they are here.
// Owner: the engine; borrows the recorder. Thread: loop. Errors: none; what the venue does wrong becomes a
// finding.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "orchestrator/execution/execution_config.h"
#include "orchestrator/execution/findings.h"
#include "orchestrator/execution/recorder.h"

namespace s1mple {

class ExecutionHandler {
 public:
  ExecutionHandler(Recorder& recorder, const ExecutionConfig& config)
      : recorder_(recorder), config_(config) {}

  // ---- requests
  void doubt_everything_unanswered();  // at a start: an intended order counts as possibly sent
  void place(OrderIntent intent);
  void cancel(const Order& order, const std::string& why);  // nothing when closed or already on its way
  void revive(const Order& order,
              const VenueOrder& seen);  // closed in the books, open at the venue: cancelled there
  void send_again(const Order& order);  // the very same intent, under its own id
  void abandon(const Order& order, const std::string& proof);
  void on(const OrderAnswer& answer);
  void on(const CancelAnswer& answer);
  const Order* on(const RequestSent& sent);  // the order that has left by it, if one has
  void expire();                             // requests without an answer in time
  [[nodiscard]] std::optional<WallTime> wake_at() const;

  // ---- evidence; false: not an order of ours. An order that the books have forgotten is one of ours: what the
  // archive knows is not news, a new fill of it is counted and halts, and open at the venue it is cancelled there.
  bool merge(const VenueOrder& seen, Provenance provenance);
  bool merge(const Fill& fill, Provenance provenance);

  // The archive cannot be read: a halt. True: whose it is cannot be told, so it is left as it is.
  bool unreadable(const Error& error);
  [[nodiscard]] bool is_unanswered(const ClientId& id) const { return in_flight_.contains(id); }
  [[nodiscard]] std::size_t unanswered() const { return in_flight_.size(); }
  [[nodiscard]] std::size_t held_closings() const { return held_.size(); }
  // Orders that answers and pushes were about since the last call: reads that began before may be older.
  [[nodiscard]] std::set<ClientId> take_touched() { return std::exchange(touched_, {}); }
  [[nodiscard]] Findings take_findings();
  void trouble(TroubleKind kind, std::string code, std::string text);

 private:
  struct InFlight {
    std::optional<WallTime> add_due, cancel_due;
  };
  struct HeldClosing {  // outcome none: the last fill will close it
    Outcome outcome = Outcome::none;
    std::string reason;
    Quantity filled;
    WallTime at;
    Provenance provenance = Provenance::pushed;
  };

  bool merge_old(const VenueOrder& seen);
  bool merge_old(const Fill& reported, Provenance provenance);
  [[nodiscard]] const Order* find(const ClientId& id, const VenueOrderId& venue_id) const;
  void await(const ClientId& id, RequestKind kind);
  void answered(const ClientId& id, RequestKind kind);
  void settle(const Order& order);  // drops what is awaited and has become true
  void doubt(const Order& order, const std::string& why);
  void refused(const Order& order, const OrderAnswer& answer);
  void accept(const Order& order, const VenueOrderId& venue_id, Provenance provenance);
  void prove_exists(const Order& order);
  void close(const Order& order, const HeldClosing& closing);
  void tell_if_unguarded(const Order& order);
  void close_abandoned(const Order& order, const HeldClosing& closing);
  void judge_fill(const Order& order, const Order& before, const Fill& fill);
  void report(const Order& order, ReportKind kind, const ExecutionId& execution = ExecutionId());
  bool contradicts(const Order& order, const Symbol& symbol, Side side, const std::string& what);

  Recorder& recorder_;
  const ExecutionConfig& config_;
  std::map<ClientId, InFlight> in_flight_;
  std::set<std::pair<WallTime, ClientId>> due_;
  std::map<ClientId, HeldClosing> held_;
  std::set<ClientId> touched_;
  Findings findings_;
};

}  // namespace s1mple
