// What bench_store runs against each other: durable commits of groups of records, in closed loops.
//
// A contender's round commits group after group for a time, each begun after the last was durable. The floor is the
// bare write and fdatasync into blocks that were written before; ours is StateStore as it runs; the peers are Debian's
// SQLite (WAL, synchronous = FULL), LMDB, LevelDB and RocksDB (sync = true), each as its manual says for commits that
// survive a power cut. A peer whose package is not installed is left out, by name. Units: microseconds, commits a
// second. Thread: one; failures end the program with their story.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/time.h"
#include "orchestrator/shell/drill_floor.h"

namespace s1mple {

inline constexpr std::size_t kBenchRecordBytes = 256;

[[noreturn]] void give_up(const std::string& story);

class Contender {
 public:
  virtual ~Contender() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  virtual DrillFigures round(std::uint64_t group, Nanos time) = 0;
};

// One whose commit() comes back when `group` further records are durable.
class BlockingContender : public Contender {
 public:
  explicit BlockingContender(const Clock& clock) : clock_(clock) {}
  DrillFigures round(std::uint64_t group, Nanos time) final;

 protected:
  virtual void commit(std::uint64_t group) = 0;
  // Eight bytes that sort as the number does, for stores that keep keys in order.
  [[nodiscard]] std::string next_key();
  [[nodiscard]] static const std::string& record();

 private:
  const Clock& clock_;
  std::uint64_t key_ = 0;
};

// In a directory of its own, empty or missing. Null: its package was not there when this was built.
std::unique_ptr<Contender> make_sqlite(const std::string& directory, const Clock& clock);
std::unique_ptr<Contender> make_lmdb(const std::string& directory, const Clock& clock);
std::unique_ptr<Contender> make_leveldb(const std::string& directory, const Clock& clock);
std::unique_ptr<Contender> make_rocksdb(const std::string& directory, const Clock& clock);

}  // namespace s1mple
