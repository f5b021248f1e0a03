#include "supervisor/core/saved_state.h"

#include "tests/support/catch.h"

namespace s1mple {

namespace {

SavedState example() {
  SavedState state;
  state.saved_at = from_unix_nanos(1'700'000'000'000'000'000);
  state.epoch = 18446744073709551615U;
  state.halt = {true, "drill \"x\"", "uid 0", "2026-11-22T15:44:00.000000Z"};
  state.tally.key = "abc";
  state.tally.step = LadderStep::safe;
  state.tally.parked_reason = "why";
  state.tally.death_ages = {5s, 10ms};
  state.tally.safe_deaths = 2;
  state.tally.reserved = true;
  state.tally.after_store_failed = true;
  return state;
}

}  // namespace

TEST_CASE("saved state: comes back as it was written") {
  const std::string text = encode_saved_state(example());
  const auto read = decode_saved_state(text);
  if (!read) FAIL(read.error().story);
  CHECK(encode_saved_state(*read) == text);
  CHECK(read->epoch == 18446744073709551615U);
  CHECK(read->halt.halted);
  CHECK(read->tally.step == LadderStep::safe);
  CHECK(read->tally.death_ages == std::vector<Nanos>{5s, 10ms});
  CHECK(read->tally.reserved);
  CHECK_FALSE(read->tally.clean);
}

TEST_CASE("saved state: any cut and any changed byte is damage, never an abort") {
  const std::string text = encode_saved_state(example());
  for (std::size_t length = 0; length + 1 < text.size(); ++length) CHECK_FALSE(decode_saved_state(text.substr(0, length)).ok());
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CAPTURE(at, changed);
    CHECK_FALSE(decode_saved_state(changed).ok());
  }
}

TEST_CASE("saved state: a newer format is told from damage") {
  CHECK(decode_saved_state(R"({"format":2,"check":"00000000"})").error().code == Errc::unsupported);
  CHECK(decode_saved_state(R"({"format":1,"check":"00000000"})").error().code == Errc::damaged);
}

}  // namespace s1mple
