#include "orchestrator/state/memory_storage.h"

#include "orchestrator/state/record_digest.h"
#include "orchestrator/state/store_options.h"

namespace s1mple {

std::uint64_t MemoryStorage::submit(std::span<const std::byte> payload) {
  ENSURE(payload.size() <= max_record_bytes(), "record over the limit");
  digest_ = next_digest(digest_, payload);
  return ++seq_;
}

void MemoryStorage::flush() {
  if (durable_seq_ == seq_) return;
  durable_seq_ = seq_;
  ++commits_;
  if (listener_ != nullptr) listener_->on_durable(seq_);
}

std::size_t MemoryStorage::max_record_bytes() const { return kMaxRecordBytes; }

StorageStatus MemoryStorage::status() const {
  StorageStatus status;
  status.seq = seq_;
  status.durable_seq = durable_seq_;
  status.commits = commits_;
  return status;
}

}  // namespace s1mple
