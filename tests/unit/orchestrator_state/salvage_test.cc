// Salvage and the memory storage.
#include <string>

#include "orchestrator/state/memory_storage.h"
#include "orchestrator/state/salvage.h"
#include "orchestrator/state/store_names.h"
#include "tests/support/catch.h"
#include "tests/support/world/store_rig.h"

namespace s1mple {
namespace {

std::unique_ptr<SimDisk> killed_store(int groups, std::uint64_t& seq) {
  auto disk = std::make_unique<SimDisk>();
  StoreProcess process(*disk, 5, tiny_settings());
  REQUIRE(process.start().ok());
  for (int i = 0; i < groups; ++i) {
    process.commit(2);
    process.jobs().run_all();
  }
  seq = process.acknowledged();
  return disk;
}

Result<SalvageReport> salvage(SimDisk& from, SimDisk& to) {
  return salvage_store(
      from, to, [] { return std::make_unique<NumberedFolding>(); }, tiny_store());
}

}  // namespace

TEST_CASE("salvage takes a good store whole, marks it, and it goes on under a new epoch") {
  std::uint64_t seq = 0;
  const auto disk = killed_store(31, seq);
  const auto before = disk->all();
  SimDisk to;
  const auto report = salvage(*disk, to);
  REQUIRE(report.ok());
  CHECK(report->seq == seq);
  CHECK(report->left_behind.empty());
  CHECK(disk->all() == before);
  StoreProcess process(to, 1, tiny_settings());
  REQUIRE(process.start().ok());
  CHECK(process.report().salvaged);
  CHECK(process.report().seq == seq);
  CHECK(process.report().digest == report->digest);
  CHECK(process.store().epoch() > report->epoch);
  process.commit(1);
  process.jobs().run_all();
  REQUIRE(process.close() == true);
  StoreProcess later(to, 1, tiny_settings());
  REQUIRE(later.start().ok());
  CHECK_FALSE(later.report().salvaged);
}

TEST_CASE("salvage ends before the first bad frame and says what lies behind it") {
  std::uint64_t seq = 0;
  const auto disk = killed_store(4, seq);
  std::string content = *disk->content(segment_file(0));
  // The second of four groups begins with record 3.
  const auto at = content.find(std::string("\x03\0\0\0\0\0\0\0\x1d", 9), kSegmentHeaderBytes);
  REQUIRE(at != std::string::npos);
  content[at + 20] ^= 1;
  disk->set_content(segment_file(0), content);
  SimDisk to;
  const auto report = salvage(*disk, to);
  REQUIRE(report.ok());
  CHECK(report->seq == 2);
  REQUIRE(report->left_behind.size() == 2);
  CHECK(report->left_behind[0].where.file == segment_file(0));
  CHECK(report->left_behind[1].first == 5);
  CHECK(report->left_behind[1].last == 8);
}

TEST_CASE("whatever is missing, salvage finds a true prefix or says that there is nothing") {
  std::uint64_t seq = 0;
  const auto whole = killed_store(31, seq);
  Random random(3);
  for (int round = 0; round < 200; ++round) {
    const auto disk = whole->copy();
    for (const auto& [name, content] : whole->all()) {
      if (!random.chance(1, 3)) continue;
      std::string damaged = content;
      damaged[static_cast<std::size_t>(random.below(damaged.size()))] ^= 1;
      random.chance(1, 2) ? disk->forget(name) : disk->set_content(name, damaged);
    }
    SimDisk to;
    const auto report = salvage(*disk, to);
    if (!report.ok()) {
      const bool known = report.error().code == Errc::not_found || report.error().code == Errc::unsupported;
      CHECK(known);
      continue;
    }
    StoreProcess process(to, 1, tiny_settings());
    REQUIRE(process.start().ok());
    CHECK(process.report().seq == report->seq);
    CHECK(process.folding().records() == report->seq);
    CHECK(report->seq <= seq);
  }
}

TEST_CASE("salvage refuses a target that holds a store") {
  std::uint64_t seq = 0;
  const auto disk = killed_store(2, seq);
  CHECK(salvage(*disk, *disk).error().code == Errc::exists);
}

TEST_CASE("salvage refuses what a newer version wrote, and names the file", "[rule_18]") {
  struct Row {
    std::string name, file, what, made;
  };
  for (const Row& row :
       {Row{"reader of a snapshot", std::string(kStateFile), "\"minimum_reader\":1", "\"minimum_reader\":2"},
        Row{"reader of a segment", segment_file(0), std::string("S1MPLWAL\x01\0\0\0\x01", 13),
            std::string("S1MPLWAL\x01\0\0\0\x02", 13)}}) {
    CAPTURE(row.name);
    std::uint64_t seq = 0;
    const auto disk = killed_store(4, seq);
    std::string content = *disk->content(row.file);
    const auto at = content.find(row.what);
    REQUIRE(at != std::string::npos);
    disk->set_content(row.file, content.replace(at, row.what.size(), row.made));
    SimDisk to;
    const auto report = salvage(*disk, to);
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().code == Errc::unsupported);
    CHECK_THAT(report.error().story, Catch::Contains(row.file));
    CHECK(to.all().empty());
  }
  class Older : public NumberedFolding {
    [[nodiscard]] std::uint32_t format() const override { return 1; }
  };
  std::uint64_t seq = 0;
  const auto disk = killed_store(4, seq);
  SimDisk to;
  const auto report = salvage_store(
      *disk, to, [] { return std::make_unique<Older>(); }, tiny_store());
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == Errc::unsupported);
}

TEST_CASE("the memory storage numbers, digests and acknowledges like the real one") {
  struct Listener final : StorageListener {
    void on_durable(std::uint64_t seq) override { durable = seq; }
    void on_store_failed(const Error&) override {}
    void on_space(Space) override {}
    std::uint64_t durable = 0;
  } listener;
  MemoryStorage memory(&listener);
  SimDisk disk;
  StoreProcess process(disk, 1, tiny_settings());
  REQUIRE(process.start().ok());
  for (std::uint64_t n = 1; n <= 3; ++n) CHECK(memory.submit(numbered_record(n)) == n);
  CHECK(memory.durable_seq() == 0);
  memory.flush();
  CHECK(listener.durable == 3);
  process.commit(3);
  process.jobs().run_all();
  process.close();
  StoreProcess again(disk, 1, tiny_settings());
  REQUIRE(again.start().ok());
  CHECK(again.report().digest == memory.digest());
}

}  // namespace s1mple
