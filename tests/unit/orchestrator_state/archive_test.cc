// The archive's file by itself: what was put in is found under each of its ids, what was not is not, and nothing
// damaged is ever taken for an answer (FORMAT.md section 6).
#include <map>
#include <set>

#include "orchestrator/state/archive_reader.h"
#include "orchestrator/state/archive_writer.h"
#include "tests/support/catch.h"
#include "tests/support/world/sim_disk.h"

namespace s1mple {
namespace {

// Entries first to last - 1: every third one is an order with two ids, the others are fills.
class NumberedBatch final : public ArchiveBatch {
 public:
  NumberedBatch(std::uint64_t first, std::uint64_t last) : first_(first), last_(last) {}
  [[nodiscard]] std::size_t size() const override { return static_cast<std::size_t>(last_ - first_); }
  [[nodiscard]] ArchiveEntry entry(std::size_t index) const override {
    const std::uint64_t number = first_ + index;
    const std::string id = std::to_string(number);
    ArchiveEntry entry;
    if (number % 3 == 0)
      entry.keys = {"cclient-" + id, "vvenue-" + id};
    else
      entry.keys = {"eexecution-" + id};
    entry.row = row_of(number);
    return entry;
  }
  static std::string row_of(std::uint64_t number) {
    // One is far longer than a frame usually is.
    return "{\"number\":" + std::to_string(number) + ",\"text\":\"" +
           std::string(number == 77 ? 40'000 : 100 + number % 50, 'x') + "\"}";
  }

 private:
  std::uint64_t first_, last_;
};

std::vector<ArchiveRef> append(SimDisk& disk, std::vector<ArchiveRef> present, std::uint64_t first, std::uint64_t last) {
  ArchiveOrder order;
  order.kind = "numbered";
  order.epoch = 3;
  order.seq = last;
  order.batches.push_back(std::make_shared<NumberedBatch>(first, last));
  auto refs = append_to_archive(disk, std::move(present), order);
  REQUIRE(refs.ok());
  return std::move(refs).value();
}

std::string row(SimDisk& disk, const std::vector<ArchiveRef>& refs, const std::string& key) {
  auto reader = ArchiveReader::open(disk, refs.back());
  REQUIRE(reader.ok());
  auto found = reader->find(key);
  REQUIRE(found.ok());
  return found->value_or("");
}

Result<void> check(SimDisk& disk, const ArchiveRef& ref) {
  ArchiveCheck check(disk, ref);
  for (;;) {
    auto done = check.step();
    if (!done.ok()) return std::move(done).error();
    if (*done) return {};
  }
}

struct MadeArchive {
  std::unique_ptr<SimDisk> disk = std::make_unique<SimDisk>();
  std::vector<ArchiveRef> refs;
};

MadeArchive make(std::uint64_t entries, std::uint64_t batch) {
  MadeArchive made;
  for (std::uint64_t first = 0; first < entries; first += batch)
    made.refs = append(*made.disk, made.refs, first, std::min(entries, first + batch));
  return made;
}

}  // namespace

TEST_CASE("each entry of an archive is found under each of its ids, and nothing else is") {
  const MadeArchive made = make(3000, 190);
  auto reader = ArchiveReader::open(*made.disk, made.refs.back());
  REQUIRE(reader.ok());
  CHECK(reader->directory().orders == 1000);
  CHECK(reader->directory().fills == 2000);
  CHECK(reader->directory().runs.size() <= 6);
  for (std::uint64_t number = 0; number < 3000; ++number) {
    const std::string id = std::to_string(number);
    const bool is_order = number % 3 == 0;
    for (const std::string& key : {"cclient-" + id, "vvenue-" + id, "eexecution-" + id}) {
      const auto found = reader->find(key);
      REQUIRE(found.ok());
      CHECK(found->value_or("") == ((key[0] == 'e') == is_order ? "" : NumberedBatch::row_of(number)));
    }
  }
  CHECK(reader->find("eexecution-3000").value() == std::nullopt);
  CHECK(reader->find("").value() == std::nullopt);
  std::uint64_t listed = 0;
  auto file = made.disk->open(made.refs.back().file, OpenFor::reading);
  CHECK(each_archive_entry(
            **file, 1, made.refs.back().bytes,
            [&](ArchiveEntry entry) {
              CHECK(entry.row == NumberedBatch::row_of(listed++));
              return Result<void>();
            },
            [](std::uint64_t, std::uint64_t) { return Result<void>(Error{Errc::damaged, "bad"}); })
            .ok());
  CHECK(listed == 3000);
  CHECK(check(*made.disk, made.refs.back()).ok());
}

TEST_CASE("an archive of one entry, and of one that fills its page, is read like any other") {
  for (const std::uint64_t entries : {1U, 2U, 4U, 152U, 153U, 190U, 191U, 400U}) {
    const MadeArchive made = make(entries, entries);
    INFO(entries << " entries");
    for (std::uint64_t number = 0; number < entries; ++number)
      CHECK(row(*made.disk, made.refs, number % 3 == 0 ? "vvenue-" + std::to_string(number)
                                                      : "eexecution-" + std::to_string(number)) ==
            NumberedBatch::row_of(number));
    CHECK(check(*made.disk, made.refs.back()).ok());
  }
}

TEST_CASE("a batch that no snapshot named is ignored, and written over by the next one") {
  MadeArchive made = make(200, 100);
  const auto named = made.refs;
  append(*made.disk, named, 500, 700);
  CHECK(row(*made.disk, named, "eexecution-500").empty());
  CHECK(ArchiveReader::open(*made.disk, named.back())->tail_bytes() > 0);
  CHECK(check(*made.disk, named.back()).ok());
  const auto next = append(*made.disk, named, 200, 230);
  CHECK(row(*made.disk, next, "eexecution-500").empty());
  CHECK(row(*made.disk, next, "eexecution-200") == NumberedBatch::row_of(200));
  CHECK(row(*made.disk, next, "eexecution-1") == NumberedBatch::row_of(1));
  CHECK(check(*made.disk, next.back()).ok());
  CHECK(row(*made.disk, named, "eexecution-200").empty());
  CHECK(check(*made.disk, named.back()).ok());
}

TEST_CASE("nothing damaged in an archive is taken for an answer, and the whole check sees every flipped byte") {
  const MadeArchive made = make(600, 150);
  const std::string good = *made.disk->content(made.refs.back().file);
  REQUIRE(good.size() == made.refs.back().bytes);
  Random random(5);
  for (int round = 0; round < 400; ++round) {
    std::string bad = good;
    const auto at = static_cast<std::size_t>(random.below(bad.size()));
    bad[at] = static_cast<char>(bad[at] ^ (1 << random.below(8)));
    made.disk->set_content(made.refs.back().file, bad);
    INFO("flipped at " << at);
    CHECK(check(*made.disk, made.refs.back()).error().code == Errc::damaged);
    auto reader = ArchiveReader::open(*made.disk, made.refs.back());
    if (!reader.ok()) continue;
    for (std::uint64_t number = 0; number < 600; number += 7) {
      const auto key = number % 3 == 0 ? "cclient-" + std::to_string(number) : "eexecution-" + std::to_string(number);
      const auto found = reader->find(key);
      if (found.ok())
        CHECK(found->value_or("") == NumberedBatch::row_of(number));
      else
        CHECK(found.error().code == Errc::damaged);
    }
  }
}

TEST_CASE("a shorter archive is damage, with the place where it ends") {
  const MadeArchive made = make(100, 50);
  const std::string good = *made.disk->content(made.refs.back().file);
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{4096}, good.size() - 1}) {
    made.disk->set_content(made.refs.back().file, good.substr(0, size));
    std::uint64_t offset = 1;
    const auto reader = ArchiveReader::open(*made.disk, made.refs.back(), &offset);
    CHECK(reader.error().code == Errc::damaged);
    CHECK(offset == size);
  }
}

TEST_CASE("what is good of a damaged archive is listed, and where the rest was") {
  const MadeArchive made = make(400, 400);
  std::string bad = *made.disk->content(made.refs.back().file);
  bad[9000] = static_cast<char>(bad[9000] ^ 1);
  made.disk->set_content(made.refs.back().file, bad);
  std::set<std::string> rows;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> stretches;
  auto file = made.disk->open(made.refs.back().file, OpenFor::reading);
  CHECK(each_archive_entry(
            **file, 1, made.refs.back().bytes,
            [&](ArchiveEntry entry) {
              rows.insert(entry.row);
              return Result<void>();
            },
            [&](std::uint64_t from, std::uint64_t to) {
              stretches.emplace_back(from, to);
              return Result<void>();
            })
            .ok());
  CHECK(rows.size() < 400);
  CHECK(rows.size() > 200);
  REQUIRE(stretches.size() == 1);
  CHECK(stretches[0].first <= 9000);
  CHECK(stretches[0].second > 9000);
}

TEST_CASE("at every power cut inside an append, what the snapshot names of an archive stays as it was") {
  const MadeArchive made = make(200, 100);
  for (std::uint64_t cut = 1;; ++cut) {
    const auto disk = made.disk->copy();
    Random settle(cut);
    const auto before = disk->after_power_cut(PowerCut::keeps_all, settle);
    before->cut_power_at(cut);
    ArchiveOrder order;
    order.kind = "numbered";
    order.batches.push_back(std::make_shared<NumberedBatch>(200, 400));
    const auto appended = append_to_archive(*before, made.refs, order);
    for (const PowerCut how : kPowerCuts) {
      Random random(cut);
      const auto after = before->after_power_cut(how, random);
      INFO("cut at " << cut << ", state " << static_cast<int>(how));
      CHECK(check(*after, made.refs.back()).ok());
      if (appended.ok()) CHECK(check(*after, appended->back()).ok());
    }
    if (appended.ok()) break;
  }
}

TEST_CASE("a full disk ends an append without harm") {
  const MadeArchive made = make(200, 100);
  made.disk->set_capacity(made.refs.back().bytes + 8192);
  ArchiveOrder order;
  order.kind = "numbered";
  order.batches.push_back(std::make_shared<NumberedBatch>(200, 4000));
  CHECK(append_to_archive(*made.disk, made.refs, order).error().code == Errc::no_space);
  CHECK(check(*made.disk, made.refs.back()).ok());
  CHECK(row(*made.disk, made.refs, "eexecution-1") == NumberedBatch::row_of(1));
}

}  // namespace s1mple
