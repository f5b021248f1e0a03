// FaultyEnvironment: the layer that makes an exchange lose, delay, double and reorder, as VenueFaults say.
//
// It decorates the port between the runtime and its world; the world behind it is the real one and stays right. It
// also plays the other people at the exchange: what they order is theirs, its answers reach nobody, its pushes do.
// Owner: the world or orchestrator_faulty; borrows all. Thread: loop. Errors: passed on.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "orchestrator/environment/execution_environment.h"
#include "tests/support/faults/venue_faults.h"

namespace s1mple {

class FaultyEnvironment final : public EnvironmentLayer {
 public:
  FaultyEnvironment(ExecutionEnvironment& inner, const Clock& clock, const VenueFaults& faults)
      : inner_(inner), clock_(clock), faults_(faults) {}

  // Somebody else's doing.
  void order_by_another(const SendOrder& request);
  void cancel_by_another(const SendCancel& request);
  // While deaf, nothing that happens is told: it is found by asking.
  void set_deaf(bool deaf) { deaf_ = deaf; }

  void set_listener(EnvironmentListener& listener) override { listener_ = &listener; }
  [[nodiscard]] WallTime now() const override { return inner_.now(); }
  void perform(const SendOrder& request) override;
  void perform(const SendCancel& request) override;
  void perform(const AskVenue& request) override;
  void perform(const AskData& request) override;
  void flush() override { inner_.flush(); }
  bool advance() override;
  [[nodiscard]] std::optional<Instant> wake_at() const override;
  [[nodiscard]] bool is_lock_step() const override { return inner_.is_lock_step(); }
  [[nodiscard]] bool is_quiet() const override { return later_.empty() && inner_.is_quiet(); }
  [[nodiscard]] std::optional<WallTime> next_at() override { return inner_.next_at(); }
  [[nodiscard]] bool next_has_effects() override { return inner_.next_has_effects(); }
  void play_next() override { inner_.play_next(); }
  void move_time(WallTime time) override { inner_.move_time(time); }
  void close(std::function<void(Result<void>)> done) override { inner_.close(std::move(done)); }

  void on_environment_event(EventBody event) override;
  void on_environment_warning(const std::string& text) override { listener_->on_environment_warning(text); }
  void on_environment_failed(ExitCode code, const Error& error) override {
    listener_->on_environment_failed(code, error);
  }

 private:
  // What becomes of the answer to a request that was let through.
  struct Awaited {
    bool told = true;
    Nanos after{};
  };
  template <class Request, class Answer, class Key>
  void carry_out(const Request& request, const RequestFate& fate, Answer answer,
                 std::map<Key, Awaited>& awaited, const Key& key);
  template <class Answer, class Key>
  void tell_answer(Answer answer, std::map<Key, Awaited>& awaited, const Key& key);
  void tell_answer(QueryAnswer answer);
  void tell_push(EventBody push, const PushFate& fate);
  void tell(EventBody event, Nanos after);

  ExecutionEnvironment& inner_;
  const Clock& clock_;
  const VenueFaults& faults_;
  EnvironmentListener* listener_ = nullptr;
  std::map<ClientId, Awaited> orders_, cancels_;
  std::map<std::uint64_t, Awaited> queries_;
  std::multimap<Instant, EventBody> later_;
  bool deaf_ = false;
};

}  // namespace s1mple
