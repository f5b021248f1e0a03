// RocksDB with sync = true: one key a record, one batch a group.
#include "tests/bench/store_contenders.h"

#ifdef BENCH_ROCKSDB
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>

namespace s1mple {
namespace {

class Rocksdb final : public BlockingContender {
 public:
  Rocksdb(const std::string& directory, const Clock& clock) : BlockingContender(clock) {
    std::filesystem::create_directories(directory);
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* database = nullptr;
    require(rocksdb::DB::Open(options, directory + "/bench", &database));
    database_.reset(database);
  }
  [[nodiscard]] std::string name() const override { return "RocksDB"; }

 private:
  void commit(std::uint64_t group) override {
    rocksdb::WriteBatch batch;
    for (std::uint64_t i = 0; i < group; ++i) batch.Put(next_key(), record());
    rocksdb::WriteOptions durable;
    durable.sync = true;
    require(database_->Write(durable, &batch));
  }
  static void require(const rocksdb::Status& status) {
    if (!status.ok()) give_up("RocksDB: " + status.ToString());
  }

  std::unique_ptr<rocksdb::DB> database_;
};

}  // namespace

std::unique_ptr<Contender> make_rocksdb(const std::string& directory, const Clock& clock) {
  return std::make_unique<Rocksdb>(directory, clock);
}

}  // namespace s1mple
#else
std::unique_ptr<s1mple::Contender> s1mple::make_rocksdb(const std::string&, const Clock&) { return nullptr; }
#endif
