// RecordingVenue: an exchange that remembers what it was sent and answers by simple rules; faults are
// switches.
//
// Plain struct: tests look at `sent`, `cancels` and the books inside, and turn `answers`, `reads` and the
// others off. Events for the engine come out of `events`, in order. Thread: the test's.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <vector>

#include "orchestrator/domain/action.h"

namespace s1mple {

struct RecordingVenue {
  // What it saw.
  std::vector<OrderIntent> sent;
  std::vector<ClientId> cancels;
  std::vector<AskVenue> questions;

  // Its own books.
  std::vector<VenueOrder> orders;
  std::vector<Fill> trades;
  std::map<Asset, Money> balances;

  // Faults and habits.
  bool answers = true;                 // false: done, but the answer and the pushes are lost
  bool receives = true;                // false: nothing arrives
  bool reads = true;                   // false: questions are answered with "could not ask"
  bool silent_reads = false;           // questions are not answered at all
  std::optional<RefusalCode> refuses;  // every order
  bool takes_market = true;            // market orders are filled at once, at `price`
  std::size_t page_size = 1000;
  std::size_t hidden_trades = 0;  // the youngest so many are not listed yet (lagging history)
  Price price;
  WallTime now{};

  std::deque<EventBody> events;

  void perform(const SendOrder& request);
  void perform(const SendCancel& request);
  void perform(const AskVenue& request);

  // What happens at the venue by itself; pushed: the engine is told.
  const Fill& fill(const ClientId& id, const std::string& quantity, const std::string& at,
                   bool pushed = true);
  void close(const ClientId& id, VenueStatus status, bool pushed = true);
  VenueOrder& add_foreign(const std::string& client_id, const std::string& venue_id);
  [[nodiscard]] VenueOrder* find(const ClientId& id);
  [[nodiscard]] std::size_t open_count() const;
};

}  // namespace s1mple
