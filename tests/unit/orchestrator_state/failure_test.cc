// A disk that fails, lies, fills up or hangs (rules 1, 9, 10, 16).
#include <string>

#include "tests/support/catch.h"
#include "tests/support/world/store_rig.h"

namespace s1mple {
namespace {

Error input_output_error() { return os_error("injected", EIO); }

}  // namespace

TEST_CASE("whichever operation fails, nothing is acknowledged after it, and a start after 66 serves all that was",
          "[rule_9][rule_17]") {
  std::uint64_t operations = 0;
  {
    SimDisk disk;
    StoreProcess process(disk, 9, tiny_settings());
    REQUIRE(process.start().ok());
    for (int i = 0; i < 25; ++i) {
      process.commit(3);
      process.jobs().run_all();
    }
    process.close();
    operations = disk.operations();
  }
  for (std::uint64_t failing = 1; failing <= operations; ++failing) {
    SimDisk disk;
    disk.fail_at(failing, input_output_error());
    std::uint64_t acknowledged = 0, submitted = 0, epoch = 0;
    {
      StoreProcess process(disk, 9, tiny_settings());
      if (process.start().ok()) {
        epoch = process.store().epoch();
        for (int i = 0; i < 25 && !process.failure(); ++i) {
          process.commit(3);
          process.jobs().run_all();
        }
        process.commit(2);
        const std::uint64_t at_failure = process.acknowledged();
        process.jobs().run_all();
        if (process.failure()) CHECK(process.acknowledged() == at_failure);
        if (!process.failure()) process.close();
        acknowledged = process.acknowledged();
        submitted = process.store().last_seq();
      }
    }
    INFO("failing " << failing << ": " << disk.trace()[static_cast<std::size_t>(failing - 1)]);
    // The page cache is ahead of the platter now: the next process must not believe it (rule 10).
    disk.restart_process();
    std::uint64_t served = 0;
    {
      RecoverySettings settings = tiny_settings();
      settings.after_store_failed = true;
      StoreProcess process(disk, 9, settings);
      const auto started = process.start();
      INFO((started.ok() ? "" : started.error().story));
      REQUIRE(started.ok());
      served = process.report().seq;
      CHECK(served >= acknowledged);
      CHECK(served <= submitted);
      CHECK(process.store().epoch() > epoch);
    }
    Random random(failing);
    const auto cut = disk.after_power_cut(PowerCut::loses_all, random);
    StoreProcess last(*cut, 9, tiny_settings());
    REQUIRE(last.start().ok());
    CHECK(last.report().seq >= served);
  }
}

TEST_CASE("a failed sync is the store's end: later records get numbers and no acknowledgement", "[rule_9]") {
  SimDisk disk;
  StoreProcess process(disk, 1, tiny_settings());
  REQUIRE(process.start().ok());
  process.commit(1);
  process.jobs().run_all();
  disk.fail_at(disk.operations() + 2, input_output_error());
  process.commit(1);
  process.jobs().run_all();
  REQUIRE(process.failure());
  CHECK(process.store().status().failed);
  process.commit(1);
  process.jobs().run_all();
  CHECK(process.store().last_seq() == 3);
  CHECK(process.acknowledged() == 1);
  CHECK(process.close() == false);
}

TEST_CASE("a disk that does not answer shows how long the oldest record waits, and can be given up") {
  SimDisk disk;
  StoreProcess process(disk, 1, tiny_settings());
  REQUIRE(process.start().ok());
  CHECK_FALSE(process.store().status().oldest_unacknowledged_since);
  const Instant submitted = process.clock().now();
  process.commit(1);
  process.clock().advance(3s);
  process.commit(1);
  CHECK(process.store().status().oldest_unacknowledged_since == submitted);
  process.store().abandon({Errc::timeout, "no answer for 5 s"});
  REQUIRE(process.failure());
  process.jobs().run_all();  // the disk answers after all: too late
  CHECK(process.acknowledged() == 0);
}

TEST_CASE("a full disk is told before a commit can fail, harms nothing, and is over when space returns", "[rule_16]") {
  SimDisk disk;
  const std::uint64_t room = 2 * tiny_store().segment_bytes();
  StoreProcess process(disk, 1, tiny_settings());
  REQUIRE(process.start().ok());
  disk.set_capacity(room);
  std::uint64_t committed = 0;
  while (process.space() == Space::ok && committed < 200) {
    process.commit(1);
    process.jobs().run_all();
    ++committed;
  }
  CHECK(process.space() == Space::out);
  CHECK(process.acknowledged() == committed);
  for (int i = 0; i < 5; ++i) {  // what is already on its way still finds room
    process.commit(1);
    process.jobs().run_all();
  }
  CHECK(process.acknowledged() == committed + 5);
  CHECK_FALSE(process.failure());
  disk.set_capacity(100 * room);
  process.store().check_space();
  process.jobs().run_all();
  CHECK(process.space() == Space::ok);
  for (int i = 0; i < 100; ++i) {
    process.commit(1);
    process.jobs().run_all();
  }
  CHECK(process.acknowledged() == committed + 105);
  CHECK(process.close() == true);
}

TEST_CASE("a snapshot that finds no room keeps the old one, and commits go on", "[rule_16]") {
  SimDisk disk;
  StoreProcess process(disk, 1, tiny_settings());
  REQUIRE(process.start().ok());
  process.commit(3);
  process.jobs().run_all();
  disk.set_capacity(0);
  process.store().request_snapshot();
  process.jobs().run_all();
  CHECK(process.store().status().snapshot_seq == 0);
  CHECK_FALSE(disk.content("state.json.journal"));
  process.commit(1);
  process.jobs().run_all();
  CHECK(process.acknowledged() == 4);
  disk.set_capacity(std::uint64_t{1} << 30);
  process.store().check_space();
  process.jobs().run_all();
  CHECK(process.store().status().snapshot_seq == 4);
}

TEST_CASE("records that come while a sync runs share the next one") {
  SimDisk disk;
  StoreProcess process(disk, 1, tiny_settings());
  REQUIRE(process.start().ok());
  process.commit(1);
  process.commit(1);
  process.commit(1);
  const std::uint64_t before = disk.operations();
  process.jobs().run_all();
  CHECK(disk.operations() - before == 4);  // two writes, two syncs
  CHECK(process.acknowledged() == 3);
  CHECK(process.store().status().commits == 2);
}

TEST_CASE("in the steady state segments are recycled and no file grows", "[rule_8][rule_16]") {
  SimDisk disk;
  StoreProcess process(disk, 1, tiny_settings());
  REQUIRE(process.start().ok());
  for (int i = 0; i < 400; ++i) {
    process.commit(1);
    process.jobs().run_all();
  }
  CHECK(disk.all().size() <= 8);
  int created = 0, recycled = 0;
  for (const std::string& line : disk.trace()) {
    created += line.find("create spare.wal") != std::string::npos;
    recycled += line.find("spare.wal") != std::string::npos && line.find("rename events-") != std::string::npos;
  }
  CHECK(created <= 5);
  CHECK(recycled >= 8);
}

TEST_CASE("a log whose snapshot does not get done stops at its hard cap, and goes on after the snapshot", "[rule_19]") {
  const auto log_bytes = [](const SimDisk& disk) {
    std::uint64_t bytes = 0;
    for (const auto& [name, content] : disk.all()) bytes += name.ends_with(".wal") ? content.size() : 0;
    return bytes;
  };
  SimDisk disk;
  StoreProcess process(disk, 1, tiny_settings());
  REQUIRE(process.start().ok());
  process.stall_snapshots(true);
  std::uint64_t committed = 0;
  for (; committed < 1000; ++committed) {
    process.commit(1);
    for (int job = 0; job < 20; ++job) process.jobs().run_one();
    REQUIRE(log_bytes(disk) <= tiny_store().log_hard_cap);
  }
  CHECK(log_bytes(disk) + tiny_store().segment_bytes() > tiny_store().log_hard_cap);
  CHECK(process.acknowledged() < committed);
  CHECK_FALSE(process.failure());

  process.stall_snapshots(false);
  process.jobs().run_all();
  CHECK(process.acknowledged() == committed);
  CHECK(process.close() == true);
}

TEST_CASE("nothing ever writes into state.json", "[rule_3]") {
  SimDisk disk;
  StoreProcess process(disk, 1, tiny_settings());
  REQUIRE(process.start().ok());
  for (int i = 0; i < 60; ++i) process.commit(1), process.jobs().run_all();
  REQUIRE(process.close() == true);
  for (const std::string& line : disk.trace()) {
    CHECK(line.find("write state.json ") == std::string::npos);
    CHECK(line.find("create state.json ") == std::string::npos);
  }
  CHECK_FALSE(disk.content("state.json.journal"));
}

TEST_CASE("the new epoch is above the disk's and the mirror's") {
  SimDisk disk;
  RecoverySettings settings = tiny_settings();
  settings.mirror_epoch = 41;
  {
    StoreProcess process(disk, 1, settings);
    REQUIRE(process.start().ok());
    CHECK(process.store().epoch() == 42);
  }
  settings.mirror_epoch = 3;
  StoreProcess process(disk, 1, settings);
  REQUIRE(process.start().ok());
  CHECK(process.store().epoch() == 43);
  CHECK(process.report().found_epoch == 42);
}

TEST_CASE("a store may be opened with other sizes than it was made with") {
  SimDisk disk;
  {
    StoreProcess process(disk, 1, tiny_settings());
    REQUIRE(process.start().ok());
    for (int i = 0; i < 30; ++i) process.commit(1), process.jobs().run_all();
  }
  RecoverySettings larger = tiny_settings();
  larger.options.max_group_bytes *= 4;
  larger.options.close_segment_at *= 4;
  for (const RecoverySettings& settings : {larger, tiny_settings()}) {
    StoreProcess process(disk, 1, settings);
    REQUIRE(process.start().ok());
    const std::uint64_t before = process.acknowledged();
    for (int i = 0; i < 90; ++i) process.commit(1), process.jobs().run_all();
    CHECK(process.acknowledged() == before + 90);
    REQUIRE(process.close() == true);
  }
}

}  // namespace s1mple
