// MemoryStorage: Storage without a disk, durable at once: for `orchestrator replay` and simple tests.
//
// Numbers and digests records like the real store and acknowledges from inside flush(). Keeps no bytes, so its
// memory does not grow with the run. Thread: the loop thread. Errors: none.
#pragma once

#include "orchestrator/state/storage.h"

namespace s1mple {

class MemoryStorage final : public Storage {
 public:
  // `listener` is borrowed and may be null.
  explicit MemoryStorage(StorageListener* listener = nullptr) : listener_(listener) {}
  void set_listener(StorageListener* listener) { listener_ = listener; }

  std::uint64_t submit(std::span<const std::byte> payload) override;
  void flush() override;
  [[nodiscard]] std::size_t max_record_bytes() const override;
  [[nodiscard]] std::uint64_t last_seq() const override { return seq_; }
  [[nodiscard]] std::uint64_t durable_seq() const override { return durable_seq_; }
  [[nodiscard]] StorageStatus status() const override;
  [[nodiscard]] std::uint32_t digest() const { return digest_; }

 private:
  StorageListener* listener_;
  std::uint64_t seq_ = 0;
  std::uint64_t durable_seq_ = 0;
  std::uint64_t commits_ = 0;
  std::uint32_t digest_ = 0;
};

}  // namespace s1mple
