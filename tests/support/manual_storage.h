// ManualStorage: a Storage whose records become durable when a test says so, or fail when it says that.
// Owner: the test. Thread: one.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/state/storage.h"

namespace s1mple {

class ManualStorage final : public Storage {
 public:
  void set_listener(StorageListener* listener) { listener_ = listener; }

  std::uint64_t submit(std::span<const std::byte> payload) override {
    records.emplace_back(reinterpret_cast<const char*>(payload.data()), payload.size());
    return records.size();
  }
  void flush() override {}
  [[nodiscard]] std::size_t max_record_bytes() const override { return max_bytes; }
  [[nodiscard]] std::uint64_t last_seq() const override { return records.size(); }
  [[nodiscard]] std::uint64_t durable_seq() const override { return durable_; }
  [[nodiscard]] StorageStatus status() const override {
    StorageStatus status;
    status.seq = records.size();
    status.durable_seq = durable_;
    status.oldest_unacknowledged_since = waiting_since;
    return status;
  }

  void make_durable() { make_durable(records.size()); }
  void make_durable(std::uint64_t seq) {
    durable_ = seq;
    if (listener_) listener_->on_durable(seq);
  }
  void fail() {
    if (listener_) listener_->on_store_failed(Error{Errc::io, "injected"});
  }

  std::vector<std::string> records;
  std::size_t max_bytes = 1 << 20;
  std::optional<Instant> waiting_since;

 private:
  StorageListener* listener_ = nullptr;
  std::uint64_t durable_ = 0;
};

}  // namespace s1mple
