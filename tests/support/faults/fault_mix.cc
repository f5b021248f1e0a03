#include "tests/support/faults/fault_mix.h"

#include <charconv>
#include <memory>
#include <string>

#include "common/base/random.h"

namespace s1mple {
namespace {

constexpr std::int64_t kLatest = 200'000'000;  // nanoseconds

Nanos lateness(Random& random, std::uint64_t rate) {
  return random.chance(rate, 1000) ? Nanos(random.between(0, kLatest)) : Nanos(0);
}

RequestFate request_fate(Random& random, const FaultMix& mix) {
  if (random.chance(mix.lost, 1000)) return {random.chance(1, 2) ? Fate::lost : Fate::answer_lost};
  if (random.chance(mix.unclear, 1000))
    return {random.chance(1, 2) ? Fate::failed_before : Fate::failed_after};
  return {Fate::done, lateness(random, mix.late)};
}

PushFate push_fate(Random& random, const FaultMix& mix) {
  if (random.chance(mix.dropped, 1000)) return {0};
  return {random.chance(mix.doubled, 1000) ? 2 : 1, lateness(random, mix.late)};
}

}  // namespace

Result<FaultMix> FaultMix::parse(std::string_view text) {
  FaultMix mix;
  const std::pair<std::string_view, std::uint64_t*> members[] = {
      {"seed", &mix.seed},       {"lost", &mix.lost}, {"unclear", &mix.unclear}, {"doubled", &mix.doubled},
      {"dropped", &mix.dropped}, {"late", &mix.late}, {"lag_ms", &mix.lag_ms}};
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.empty()) continue;
    const auto equals = word.find('=');
    bool read = false;
    for (const auto& [name, value] : members)
      if (equals != std::string_view::npos && word.substr(0, equals) == name) {
        const auto parsed = std::from_chars(word.data() + equals + 1, word.data() + word.size(), *value);
        read = parsed.ec == std::errc() && parsed.ptr == word.data() + word.size();
      }
    if (!read) return Error{Errc::invalid, "fault mix: '" + std::string(word) + "' is no rate of it"};
  }
  return mix;
}

VenueFaults FaultMix::faults() const {
  const auto random = std::make_shared<Random>(seed);
  VenueFaults faults;
  faults.order = [random, mix = *this](const SendOrder&) { return request_fate(*random, mix); };
  faults.cancel = [random, mix = *this](const SendCancel&) { return request_fate(*random, mix); };
  faults.query = [random, mix = *this](const AskVenue&) { return request_fate(*random, mix); };
  faults.order_push = [random, mix = *this](const OrderPush&) { return push_fate(*random, mix); };
  faults.fill_push = [random, mix = *this](const FillPush&) { return push_fate(*random, mix); };
  faults.history_lag = std::chrono::milliseconds(static_cast<std::int64_t>(lag_ms));
  return faults;
}

}  // namespace s1mple
