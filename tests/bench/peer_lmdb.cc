// LMDB with its default, a sync at each commit: one key a record, appended, one transaction a group.
#include "tests/bench/store_contenders.h"

#ifdef BENCH_LMDB
#include <lmdb.h>

#include <filesystem>

namespace s1mple {
namespace {

constexpr std::size_t kMapBytes = std::size_t{16} << 30;  // of address space; the file grows as it is written

void require(int code) {
  if (code != 0) give_up(std::string("LMDB: ") + mdb_strerror(code));
}

class Lmdb final : public BlockingContender {
 public:
  Lmdb(const std::string& directory, const Clock& clock) : BlockingContender(clock) {
    std::filesystem::create_directories(directory);
    require(mdb_env_create(&environment_));
    require(mdb_env_set_mapsize(environment_, kMapBytes));
    require(mdb_env_open(environment_, directory.c_str(), 0, 0600));
    MDB_txn* transaction = nullptr;
    require(mdb_txn_begin(environment_, nullptr, 0, &transaction));
    require(mdb_dbi_open(transaction, nullptr, 0, &table_));
    require(mdb_txn_commit(transaction));
  }
  ~Lmdb() override { mdb_env_close(environment_); }
  Lmdb(const Lmdb&) = delete;
  Lmdb& operator=(const Lmdb&) = delete;
  [[nodiscard]] std::string name() const override { return "LMDB"; }

 private:
  void commit(std::uint64_t group) override {
    MDB_txn* transaction = nullptr;
    require(mdb_txn_begin(environment_, nullptr, 0, &transaction));
    for (std::uint64_t i = 0; i < group; ++i) {
      std::string key = next_key();
      std::string bytes = record();
      MDB_val key_value{key.size(), key.data()};
      MDB_val value{bytes.size(), bytes.data()};
      require(mdb_put(transaction, table_, &key_value, &value, MDB_APPEND));
    }
    require(mdb_txn_commit(transaction));
  }

  MDB_env* environment_ = nullptr;
  MDB_dbi table_ = 0;
};

}  // namespace

std::unique_ptr<Contender> make_lmdb(const std::string& directory, const Clock& clock) {
  return std::make_unique<Lmdb>(directory, clock);
}

}  // namespace s1mple
#else
std::unique_ptr<s1mple::Contender> s1mple::make_lmdb(const std::string&, const Clock&) { return nullptr; }
#endif
