// Stored bytes that changed: never served as good, refused with file, offset and reason, and nothing touched
// (rules 6, 7, 12, 13, 18, 20).
#include <map>
#include <string>

#include "orchestrator/state/frame.h"
#include "orchestrator/state/segment.h"
#include "orchestrator/state/snapshot_file.h"
#include "orchestrator/state/store_names.h"
#include "tests/support/catch.h"
#include "tests/support/world/store_rig.h"

namespace s1mple {
namespace {

struct Made {
  std::unique_ptr<SimDisk> disk = std::make_unique<SimDisk>();
  std::uint64_t seq = 0;
  std::uint64_t last_group = 0;  // records that only the last group holds
};

// A store with an older generation and several segments; `clean` says how it ended.
Made make_store(bool clean, std::uint64_t groups = 31) {
  Made made;
  StoreProcess process(*made.disk, 5, tiny_settings());
  REQUIRE(process.start().ok());
  for (std::uint64_t i = 0; i < groups; ++i) {
    process.commit(2);
    process.jobs().run_all();
  }
  made.seq = process.acknowledged();
  made.last_group = 2;
  if (clean) REQUIRE(process.close() == true);
  return made;
}

struct Recovered {
  bool ok = false;
  std::uint64_t seq = 0;
  RecoveryReport report;
  std::optional<StoreDamage> damage;
  Errc code = Errc::invalid;
};

Recovered look(SimDisk& disk, RecoveryMode mode = RecoveryMode::inspect) {
  VirtualClock clock;
  NumberedFolding folding;
  StoreRecovery recovery(disk, folding, clock, tiny_settings(mode));
  const auto done = recovery.run();
  Recovered outcome;
  outcome.ok = done.ok();
  outcome.report = recovery.report();
  outcome.damage = recovery.damage();
  outcome.seq = folding.records();
  if (!done.ok()) outcome.code = done.error().code;
  return outcome;
}

std::string newest_segment(const SimDisk& disk) {
  std::string newest;
  for (const auto& [name, content] : disk.all())
    if (parse_segment_file(name)) newest = name;
  return newest;
}

// The segment that state.json names.
std::string named_segment(SimDisk& disk) {
  return segment_file(load_snapshot(disk, kStateFile)->header.segment_name);
}

std::size_t end_of_frames(const std::string& segment) {
  const auto bytes = std::as_bytes(std::span(segment.data(), segment.size()));
  const auto header = decode_segment_header(bytes);
  std::size_t offset = kSegmentHeaderBytes;
  while (const auto frame = read_frame(bytes, offset, header->number)) offset += frame->bytes;
  return offset;
}

}  // namespace

TEST_CASE("whatever is damaged at random, only the last group of a log without a clean stop may go, and loudly",
          "[rule_6][rule_12]") {
  for (const bool clean : {true, false}) {
    const Made made = make_store(clean);
    const auto files = made.disk->all();
    Random random(clean ? 1 : 2);
    for (int round = 0; round < 1500; ++round) {
      const auto disk = made.disk->copy();
      auto victim = files.begin();
      std::advance(victim, static_cast<std::ptrdiff_t>(random.below(files.size())));
      std::string content = victim->second;
      const std::size_t at = static_cast<std::size_t>(random.below(content.size()));
      const std::uint64_t how = random.below(5);
      const std::size_t size = static_cast<std::size_t>(1 + random.below(600));
      if (how == 0) content[at] = static_cast<char>(content[at] ^ (1 << random.below(8)));
      if (how == 1) content.resize(at);
      if (how == 2) std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(at), std::min(size, content.size() - at), '\0');
      if (how == 3) content.append(size, static_cast<char>(random.below(256)));
      if (how == 4) disk->forget(victim->first);
      if (how != 4) disk->set_content(victim->first, content);
      const auto before = disk->all();
      const Recovered outcome = look(*disk, RecoveryMode::repair);
      INFO("round " << round << ": " << victim->first << " how " << how << " at " << at << " size " << size);
      if (outcome.ok) {
        const bool whole = outcome.report.seq == made.seq;
        const bool cut = !clean && outcome.report.seq + made.last_group == made.seq && outcome.report.torn_bytes > 0;
        CHECK((whole || cut));
        CHECK(outcome.seq == outcome.report.seq);
      } else {
        CHECK(disk->all() == before);
        REQUIRE(outcome.damage);
        CHECK(disk->operations() == 0);
        CHECK(outcome.damage->reason != "");
      }
    }
  }
}

TEST_CASE("a bad frame before a forced one is damage, and names file and offset", "[rule_7][rule_12]") {
  const Made made = make_store(false);
  const std::string file = newest_segment(*made.disk);
  std::string content = *made.disk->content(named_segment(*made.disk));
  const std::string name = named_segment(*made.disk);
  content[kSegmentHeaderBytes + 100] ^= 1;
  made.disk->set_content(name, content);
  const Recovered outcome = look(*made.disk, RecoveryMode::open);
  CHECK_FALSE(outcome.ok);
  CHECK(outcome.code == Errc::damaged);
  REQUIRE(outcome.damage);
  CHECK(outcome.damage->file == name);
  CHECK(outcome.damage->offset >= kSegmentHeaderBytes);
  CHECK_THAT(outcome.damage->help, contains("store salvage"));
}

TEST_CASE("a bad last group is cut, counted, and its bytes are kept", "[rule_7]") {
  const Made made = make_store(false);
  const std::string name = named_segment(*made.disk);
  std::string content = *made.disk->content(name);
  const std::size_t end = end_of_frames(content);
  content[end - 1] ^= 1;  // the padding or payload of the last frame
  made.disk->set_content(name, content);
  CHECK(look(*made.disk).report.pending == std::vector<std::string>{"cut_tail"});
  const Recovered outcome = look(*made.disk, RecoveryMode::repair);
  REQUIRE(outcome.ok);
  CHECK(outcome.report.seq == made.seq - made.last_group);
  CHECK(outcome.report.torn_bytes > 0);
  REQUIRE(outcome.report.set_aside.size() == 1);
  const auto kept = made.disk->content(outcome.report.set_aside[0]);
  REQUIRE(kept);
  CHECK(kept->size() == outcome.report.torn_bytes);
  CHECK(content.substr(end - kept->size(), kept->size()) == *kept);
  const Recovered again = look(*made.disk);
  CHECK(again.report.torn_bytes == 0);
  CHECK(again.report.pending.empty());
  CHECK(again.report.digest == outcome.report.digest);
}

TEST_CASE("a damaged newest snapshot falls back to the older generation and loses nothing", "[rule_20]") {
  for (const bool clean : {true, false}) {
    for (const std::size_t at : {std::size_t{30}, std::size_t{1900}, std::size_t{2060}}) {
      const Made made = make_store(clean);
      std::string content = *made.disk->content(kStateFile);
      content[at] = static_cast<char>(content[at] ^ 4);
      made.disk->set_content(kStateFile, content);
      const Recovered seen = look(*made.disk);
      REQUIRE(seen.ok);
      CHECK(seen.report.older_generation);
      CHECK(seen.report.seq == made.seq);
      StoreProcess process(*made.disk, 1, tiny_settings());
      REQUIRE(process.start().ok());
      CHECK(process.report().seq == made.seq);
      CHECK(process.report().older_generation);
      REQUIRE(process.report().set_aside.size() == 1);
      CHECK(made.disk->content(process.report().set_aside[0]) == content);
      process.commit(1);
      process.jobs().run_all();
      CHECK(process.acknowledged() == made.seq + 1);
      CHECK_FALSE(look(*made.disk).report.older_generation);
    }
  }
}

TEST_CASE("missing is not empty", "[rule_13]") {
  const Made made = make_store(true);
  made.disk->forget(kStateFile);
  const Recovered outcome = look(*made.disk, RecoveryMode::open);
  REQUIRE(outcome.damage);
  CHECK(outcome.damage->file == kStateFile);
  SimDisk nothing;
  CHECK(look(nothing).report.was_empty);
  CHECK(look(nothing).report.pending == std::vector<std::string>{"create"});
  CHECK(nothing.operations() == 0);
}

TEST_CASE("files of another kind or a newer version are refused and stay as they are", "[rule_18]") {
  const Made made = make_store(true);
  const auto before = made.disk->all();
  VirtualClock clock;
  class OtherKind : public NumberedFolding {
    [[nodiscard]] std::string_view kind() const override { return "paper"; }
  } other;
  StoreRecovery foreign(*made.disk, other, clock, tiny_settings());
  CHECK(foreign.run().error().code == Errc::refused);
  class OlderProgram : public NumberedFolding {
    [[nodiscard]] std::uint32_t format() const override { return 1; }
  } older;
  StoreRecovery newer(*made.disk, older, clock, tiny_settings());
  CHECK(newer.run().error().code == Errc::unsupported);
  std::string content = *made.disk->content(kStateFile);
  const auto at = content.find("\"minimum_reader\":1");
  content[at + 17] = '2';
  const auto disk = made.disk->copy();
  disk->set_content(kStateFile, content);
  CHECK(look(*disk, RecoveryMode::open).code == Errc::unsupported);
  CHECK(disk->operations() == 0);
  CHECK(made.disk->all() == before);
}

TEST_CASE("every kind of left-over journal is adopted or set aside", "[rule_14]") {
  const Made made = make_store(true);
  const std::string good = *made.disk->content(kStateFile);
  SnapshotHeader newer_epoch = load_snapshot(*made.disk, kStateFile)->header;
  newer_epoch.epoch += 1;
  const std::string newer = encode_snapshot_header(newer_epoch) + good.substr(kSnapshotHeaderBytes);
  struct Row {
    const char* name;
    std::string journal;
    std::string pending;
  };
  const Row rows[] = {
      {"the same again", good, "set_aside_journal"},
      {"half written", newer.substr(0, newer.size() / 2), "set_aside_journal"},
      {"empty", "", "set_aside_journal"},
      {"a header of zeros", std::string(kSnapshotHeaderBytes, '\0') + good.substr(kSnapshotHeaderBytes), "set_aside_journal"},
      {"whole and newer", newer, "complete_rename"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto disk = made.disk->copy();
    disk->set_content(kJournalFile, row.journal);
    CHECK(look(*disk).report.pending == std::vector<std::string>{row.pending});
    const Recovered outcome = look(*disk, RecoveryMode::repair);
    REQUIRE(outcome.ok);
    CHECK(outcome.report.seq == made.seq);
    CHECK_FALSE(disk->content(kJournalFile));
    CHECK(disk->content(kStateFile) == (row.journal == newer ? newer : good));
  }
}

}  // namespace s1mple
