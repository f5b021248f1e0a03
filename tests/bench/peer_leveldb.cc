// LevelDB with sync = true: one key a record, one batch a group.
#include "tests/bench/store_contenders.h"

#ifdef BENCH_LEVELDB
#include <leveldb/db.h>
#include <leveldb/write_batch.h>

#include <filesystem>

namespace s1mple {
namespace {

class Leveldb final : public BlockingContender {
 public:
  Leveldb(const std::string& directory, const Clock& clock) : BlockingContender(clock) {
    std::filesystem::create_directories(directory);
    leveldb::Options options;
    options.create_if_missing = true;
    leveldb::DB* database = nullptr;
    require(leveldb::DB::Open(options, directory + "/bench", &database));
    database_.reset(database);
  }
  [[nodiscard]] std::string name() const override { return "LevelDB"; }

 private:
  void commit(std::uint64_t group) override {
    leveldb::WriteBatch batch;
    for (std::uint64_t i = 0; i < group; ++i) batch.Put(next_key(), record());
    leveldb::WriteOptions durable;
    durable.sync = true;
    require(database_->Write(durable, &batch));
  }
  static void require(const leveldb::Status& status) {
    if (!status.ok()) give_up("LevelDB: " + status.ToString());
  }

  std::unique_ptr<leveldb::DB> database_;
};

}  // namespace

std::unique_ptr<Contender> make_leveldb(const std::string& directory, const Clock& clock) {
  return std::make_unique<Leveldb>(directory, clock);
}

}  // namespace s1mple
#else
std::unique_ptr<s1mple::Contender> s1mple::make_leveldb(const std::string&, const Clock&) { return nullptr; }
#endif
