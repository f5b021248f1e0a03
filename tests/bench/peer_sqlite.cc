// SQLite in WAL mode with synchronous = FULL: one row a record, one transaction a group.
#include "tests/bench/store_contenders.h"

#ifdef BENCH_SQLITE
#include <sqlite3.h>

#include <filesystem>

namespace s1mple {
namespace {

class Sqlite final : public BlockingContender {
 public:
  Sqlite(const std::string& directory, const Clock& clock) : BlockingContender(clock) {
    std::filesystem::create_directories(directory);
    require(sqlite3_open((directory + "/bench.db").c_str(), &database_));
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("CREATE TABLE log (seq INTEGER PRIMARY KEY, payload BLOB)");
    require(sqlite3_prepare_v2(database_, "INSERT INTO log (payload) VALUES (?)", -1, &insert_, nullptr));
  }
  ~Sqlite() override {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;
  [[nodiscard]] std::string name() const override { return "SQLite WAL FULL"; }

 private:
  void commit(std::uint64_t group) override {
    run("BEGIN");
    for (std::uint64_t i = 0; i < group; ++i) {
      require(sqlite3_bind_blob(insert_, 1, record().data(), static_cast<int>(record().size()), SQLITE_STATIC));
      if (sqlite3_step(insert_) != SQLITE_DONE) give_up(std::string("SQLite: ") + sqlite3_errmsg(database_));
      require(sqlite3_reset(insert_));
    }
    run("COMMIT");
  }
  void run(const char* statement) { require(sqlite3_exec(database_, statement, nullptr, nullptr, nullptr)); }
  void require(int code) const {
    if (code != SQLITE_OK) give_up(std::string("SQLite: ") + sqlite3_errmsg(database_));
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

}  // namespace

std::unique_ptr<Contender> make_sqlite(const std::string& directory, const Clock& clock) {
  return std::make_unique<Sqlite>(directory, clock);
}

}  // namespace s1mple
#else
std::unique_ptr<s1mple::Contender> s1mple::make_sqlite(const std::string&, const Clock&) { return nullptr; }
#endif
