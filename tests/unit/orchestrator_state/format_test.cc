// The files of format 1, byte by byte, as FORMAT.md section 7 shows them: read by every later version, and still
// written like this by this one (rule 18).
#include <string>
#include <vector>

#include "orchestrator/shell/drill_folding.h"
#include "orchestrator/state/frame.h"
#include "orchestrator/state/record_digest.h"
#include "orchestrator/state/segment.h"
#include "orchestrator/state/snapshot_file.h"
#include "orchestrator/state/state_store.h"
#include "orchestrator/state/store_names.h"
#include "tests/support/catch.h"
#include "tests/support/world/manual_jobs.h"
#include "tests/support/world/sim_disk.h"
#include "tests/support/world/virtual_clock.h"

namespace s1mple {
namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

const std::string kHeaderHex =
    "53314d504c57414c0100000001000000" "01000000000000000000a00000000000"
    "00000000000000000100000000000000" "00000000010000006472696c6c000000";
const std::string kHeaderCrcHex = "aa19715d";
const std::string kFramesHex =
    "3965c773100000000100000000000000" "00000000000000000000000000000000"
    "001000000000000046524d3101000000" "00000000000000000000000000000000"
    "fe7d032a100000000100000000000000" "00000000000000000000000000000000"
    "001000000000000046524d3102000000" "00000000000000000000000000000000"
    "6b3799970c0000000100000000000000" "01000000000000000000000000000000"
    "801000000100000046524d3103000000" "08000000010000000000000000000000"
    "6b771126080000000100000000000000" "01000000000000000100000000000000"
    "c01000000000000046524d3105000000" "7ac85c6200000000";

std::string golden_segment() {
  std::string bytes(StoreOptions().segment_bytes(), '\0');
  const auto put = [&bytes](std::size_t at, const std::string& hex) {
    const std::string piece = from_hex(hex);
    bytes.replace(at, piece.size(), piece);
  };
  put(0, kHeaderHex);
  put(kSegmentHeaderBytes - 4, kHeaderCrcHex);
  put(kSegmentHeaderBytes, kFramesHex);
  return bytes;
}

std::string golden_snapshot() {
  std::string header =
      "{\"s1mpletrader\":\"snapshot\",\n\"format\":1,\n\"minimum_reader\":1,\n\"kind\":\"drill\",\n\"state_format\":1,\n"
      "\"epoch\":1,\n\"seq\":1,\n\"digest\":\"625cc87a\",\n\"segment\":1,\n\"segment_name\":0,\n\"salvaged\":false,\n"
      "\"archives\":[],\n\"body_bytes\":23,\n\"body_crc32c\":\"d1247b17\",\n\"header_crc32c\":\"9cbffd94\",";
  const std::string key = "\n\"state\":\n";
  header.append(kSnapshotHeaderBytes - key.size() - header.size(), ' ');
  return header + key + "{\"records\":1,\"bytes\":8}" + "}\n";
}

// One process of a drill of one record, on the simulated disk.
class NoListener final : public StorageListener {
 public:
  void on_durable(std::uint64_t) override {}
  void on_store_failed(const Error& error) override { FAIL(error.story); }
  void on_space(Space) override {}
};

}  // namespace

TEST_CASE("a directory of format 1 is read", "[rule_18]") {
  SimDisk disk;
  disk.set_content(segment_file(0), golden_segment());
  disk.set_content(kStateFile, golden_snapshot());
  VirtualClock clock;
  DrillFolding folding;
  RecoverySettings settings;
  settings.mode = RecoveryMode::inspect;
  StoreRecovery recovery(disk, folding, clock, settings);
  const auto done = recovery.run();
  INFO((done.ok() ? "" : done.error().story));
  REQUIRE(done.ok());
  CHECK(recovery.report().seq == 1);
  CHECK(digest_text(recovery.report().digest) == "625cc87a");
  CHECK(recovery.report().found_epoch == 1);
  CHECK(recovery.report().clean_stop);
  CHECK(recovery.report().pending.empty());
  CHECK(folding.records() == 1);
}

TEST_CASE("format 1 is what is written") {
  SimDisk disk;
  VirtualClock clock;
  DrillFolding folding;
  NoListener listener;
  ManualJobs jobs(Random(1));
  StoreRecovery recovery(disk, folding, clock, {});
  REQUIRE(recovery.run().ok());
  StateStore store({disk, folding, clock, jobs.writer, jobs.helper, listener}, recovery);
  std::vector<std::byte> record(8);
  fill_drill_record(1, record);
  REQUIRE(folding.apply(record).ok());
  store.submit(record);
  store.flush();
  jobs.run_all();
  bool clean = false;
  store.close([&clean](Result<void> closed) { clean = closed.ok(); });
  jobs.run_all();
  REQUIRE(clean);
  CHECK(*disk.content(kStateFile) == golden_snapshot());
  CHECK((*disk.content(segment_file(0)) == golden_segment()));
}

TEST_CASE("digests run over all records and print as eight digits") {
  CHECK(digest_text(0) == "00000000");
  CHECK(digest_text(0xc0ffee) == "00c0ffee");
  std::vector<std::byte> record(8);
  fill_drill_record(1, record);
  CHECK(digest_text(next_digest(0, record)) == "625cc87a");
}

TEST_CASE("file names are read back exactly, and nothing else is taken for one") {
  CHECK(segment_file(120) == "events-000000000120.wal");
  CHECK(generation_file(1'234'567'890'123) == "state-1234567890123.json");
  CHECK(parse_segment_file("events-000000000120.wal") == 120);
  CHECK(parse_generation_file("state-1234567890123.json") == 1'234'567'890'123);
  for (const char* other : {"events-120.wal", "events-0000000000120.wal", "events-00000000012x.wal", "events-.wal",
                            "events-000000000120.wal.bak", "state.json"})
    CHECK_FALSE(parse_segment_file(other));
  for (const char* ours : {"state.json", "state.json.journal", "spare.wal", "history-3.arc", "torn-1-4096.bin"})
    CHECK(is_store_file(ours));
  for (const char* not_ours : {"LOCK", "notes.txt", "archived-1", "events"}) CHECK_FALSE(is_store_file(not_ours));
}

TEST_CASE("a frame is good in its own segment only, and whole or not at all", "[rule_8]") {
  std::vector<std::byte> bytes;
  FrameHeader header;
  header.epoch = 3;
  header.sequence = 7;
  append_mark(bytes, 5, header, CleanStopMark{0x12345678});
  REQUIRE(bytes.size() == kCleanStopFrameBytes);
  const auto frame = read_frame(bytes, 0, 5);
  REQUIRE(frame);
  CHECK(frame->header.sequence == 7);
  CHECK(clean_stop_mark(*frame)->digest == 0x12345678);
  CHECK_FALSE(epoch_mark(*frame));
  CHECK_FALSE(read_frame(bytes, 0, 6));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    CHECK_FALSE(read_frame(flipped, 0, 5));
  }
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(read_frame(std::span(bytes).first(size), 0, 5));
}

}  // namespace s1mple
