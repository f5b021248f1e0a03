// Reconciliation: a complete view of the venue against the books, both directions (DESIGN sections 2 to 5).
//
// Everything that it finds goes through the same evidence rules as answers and pushes; running it twice on
// the same view changes nothing. Orders that were touched while the reads ran are judged by the next view.
// Foreign orders and fills are recorded and never given to a strategy. An absence or a mismatch needs a
// second look before it counts. 
// Order of reports: fills of live orders as the venue executed them, then each order that had no answer yet,
// oldest first, with its own fills, then closings: as an undisturbed run would have told them.
// Owner: the engine; borrows recorder and handler. Thread: loop. Sources: SCENARIOS S01 to S23, S34.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "orchestrator/execution/execution_handler.h"
#include "orchestrator/execution/venue_reads.h"

namespace s1mple {

struct RoundRules {
  std::uint64_t epoch = 0;  // of this start
  std::function<bool(const Order&)>
      may_resend;                    // may this order leave now, under its own id? empty: none may
  bool differences_are_news = true;  // false at a start or reconnect: what was missed meanwhile is expected
};

struct RoundResult {
  bool settled = true;               // each order settled or listed in doubt; balances agree or are listed
  std::uint32_t found = 0;           // differences, repaired or not
  std::optional<WallTime> again_at;  // an absence can be proven from then on
};

class Reconciliation {
 public:
  static constexpr int kPatience =
      3;  // views that contradict themselves before it is listed as a discrepancy

  Reconciliation(Recorder& recorder, ExecutionHandler& handler, const ExecutionConfig& config)
      : recorder_(recorder), handler_(handler), config_(config) {}

  [[nodiscard]] RoundResult judge(const VenueView& view, const RoundRules& rules);
  // An order of ours was gone from both lists: the next view should reach back to its making.
  [[nodiscard]] bool wants_wide_view() const { return !vanished_.empty(); }

 private:
  struct Sorted {  // the view by name
    std::unordered_map<ClientId, const VenueOrder*> by_client;
    std::unordered_map<VenueOrderId, const VenueOrder*> by_venue;
    std::unordered_map<ClientId, std::vector<const Fill*>> fills_of_unanswered;
    std::vector<const Fill*> fills_of_live;
    std::vector<const Fill*> foreign;
    std::size_t unresolved = 0;  // fills whose order nobody shows: they may be ours
  };

  [[nodiscard]] Sorted sort(const VenueView& view);
  void sort_trade(const Fill& fill, Sorted& sorted);
  void merge_fills(const Sorted& sorted);
  void merge_fill(const Fill& fill, const Sorted& sorted);
  void merge_orders(const Sorted& sorted);
  void judge_unseen(const Order& order);
  void judge_vanished(const Order& order);
  void judge_absent(const Order& order);
  [[nodiscard]] bool is_of_earlier_epoch(const Order& order) const;
  void repeat_cancels(const Sorted& sorted);
  void judge_strangers(const Sorted& sorted);
  void judge_stranger(const VenueOrder& order);
  void judge_revenant(const Order& ours, const VenueOrder& theirs);
  void judge_foreign_fill(const Fill& fill);
  // An order of ours from before the books; also where that cannot be told, and then the view settles nothing.
  [[nodiscard]] bool is_old(const ClientId& id, const VenueOrderId& venue_id);
  bool unreadable(const Error& error);
  void unknown_own(const ClientId& id, const std::string& theirs);
  void judge_balances();
  void judge_balance(const Asset& asset, Money theirs);
  void record_mismatch(const Asset& asset, Money ours, Money theirs);
  bool discrepancy(DiscrepancyFound found);  // false: known already
  void unsettled() { result_.settled = false; }

  Recorder& recorder_;
  ExecutionHandler& handler_;
  const ExecutionConfig& config_;

  // From one view to the next.
  std::map<ClientId, WallTime> first_absent_;
  std::map<ClientId, int> vanished_;
  std::map<Asset, std::pair<Money, int>> mismatched_;  // difference and how many views have shown one
  int unresolved_views_ = 0;

  // Of the view that is being judged.
  const VenueView* view_ = nullptr;
  RoundRules rules_;
  std::set<ClientId> touched_;  // by answers and pushes while the reads ran
  RoundResult result_;
  std::size_t unresolved_ = 0;
};

}  // namespace s1mple
