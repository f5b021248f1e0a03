#include "supervisor/core/inheritance.h"

#include "tests/support/catch.h"

namespace s1mple {

namespace {

using Found = std::vector<FoundDescriptor>;

Found whole_run(std::int64_t pid, bool ended = false) {
  Found found;
  for (const auto& [part, text] : kRunPartTexts) found.push_back({stored_name(part, pid), ended && part == RunPart::process});
  return found;
}

Found both(Found first, const Found& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Found without(Found found, std::size_t at) {
  found.erase(found.begin() + static_cast<std::ptrdiff_t>(at));
  return found;
}

}  // namespace

TEST_CASE("inheritance: a run is taken over only whole, a living one first, and the others are stale") {
  struct Row {
    const char* name;
    Found found;
    std::int64_t pid;  // 0: none
    bool ended;
    std::size_t stale;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", {}, 0, false, 0},
      {"one that lives", whole_run(7), 7, false, 0},
      {"one that has ended", whole_run(7, true), 7, true, 0},
      {"a living one after an ended one", both(whole_run(7, true), whole_run(8)), 8, false, 4},
      {"a living one before an ended one", both(whole_run(8), whole_run(7, true)), 8, false, 4},
      {"two that have ended: the first listed", both(whole_run(9, true), whole_run(8, true)), 9, true, 4},
      {"its process is missing", without(whole_run(7), 0), 0, false, 3},
      {"its link is missing", without(whole_run(7), 1), 0, false, 3},
      {"its errors are missing", without(whole_run(7), 3), 0, false, 3},
      {"a living one in parts beside an ended one", both(without(whole_run(7), 1), whole_run(8, true)), 8, true, 3},
      {"a part that comes twice", both(whole_run(7), {{"link-7", false}}), 7, false, 0},
      {"names of nobody", {{"", false}, {"link", false}, {"link-", false}, {"link-x", false}, {"link--3", false},
                           {"link-0", false}, {"stored", false}, {"-7", false}}, 0, false, 0},
  }));
  CAPTURE(row.name);
  const Inheritance result = sort_out(row.found);
  CHECK((result.run ? result.run->pid : 0) == row.pid);
  CHECK(result.stale.size() == row.stale);
  if (!result.run) return;
  CHECK(result.run->ended == row.ended);
  for (const auto& [part, text] : kRunPartTexts)
    CHECK(row.found.at(result.run->parts[static_cast<std::size_t>(part)]).name == stored_name(part, row.pid));
}

TEST_CASE("inheritance: control.sock and its clients are told apart from runs") {
  const Found found = both({{"client", false}, {"control", false}, {"subscriber", false}, {"control", false}}, whole_run(7));
  const Inheritance result = sort_out(found);
  CHECK(result.control == 1);
  CHECK(result.clients == std::vector<std::size_t>{0});
  CHECK(result.subscribers == std::vector<std::size_t>{2});
  CHECK(result.run.has_value());
}

TEST_CASE("inheritance: the end of a process nobody waited for is read from its last words, then from its bye") {
  struct Row {
    const char* words;
    std::optional<int> bye;
    ExitStatus status;
  };
  const auto row = GENERATE(values<Row>({
      {"", std::nullopt, {}},
      {"", 69, {69, 0, false}},
      {"build 0a\n", 0, {0, 0, false}},
      {"build 0a\nexit 65\n", std::nullopt, {65, 0, false}},
      {"build 0a\nexit 66\n", 0, {66, 0, false}},
      {"build 0a\nsignal 11 code 1 address 0x0\nat 0x10\nframe 0x20\n", std::nullopt, {std::nullopt, 11, false}},
      {"build 0a\nsignal 6 code -6 address 0x0\n", 0, {std::nullopt, 6, false}},
      {"build 0a\nexit 0\nsignal 11 code 1", 0, {std::nullopt, 11, false}},
      {"exit\nsignal \nsignal x\nexit -3\nexits 4\n", std::nullopt, {}},
  }));
  CAPTURE(row.words, row.bye.value_or(-1));
  CHECK(ending_of(row.words, row.bye) == row.status);
}

TEST_CASE("reap: only a success that was not handed over ends the orchestrator") {
  struct Row {
    const char* result;
    bool marked;
    ReapChoice choice;
  };
  const auto row = GENERATE(values<Row>({{"success", false, ReapChoice::end_orchestrator},
                                         {"success", true, ReapChoice::leave_for_adoption},
                                         {"exit-code", false, ReapChoice::leave_for_adoption},
                                         {"signal", false, ReapChoice::leave_for_adoption},
                                         {"core-dump", true, ReapChoice::leave_for_adoption},
                                         {"watchdog", false, ReapChoice::leave_for_adoption},
                                         {"timeout", false, ReapChoice::leave_for_adoption},
                                         {"oom-kill", false, ReapChoice::leave_for_adoption},
                                         {"", false, ReapChoice::leave_for_adoption}}));
  CAPTURE(row.result, row.marked);
  CHECK(reap_choice(row.result, row.marked) == row.choice);
}

}  // namespace s1mple
