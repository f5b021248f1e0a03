#include "supervisor/core/inheritance.h"

#include <algorithm>
#include <charconv>

namespace s1mple {

namespace {

constexpr std::size_t kMissing = SIZE_MAX;

std::optional<int> number_at(std::string_view text) {
  int number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || end == text.data() || number < 0) return std::nullopt;
  return number;
}

struct PartName {
  RunPart part;
  std::int64_t pid;
};
std::optional<PartName> part_of(std::string_view name) {
  const std::size_t split = name.rfind('-');
  if (split == std::string_view::npos) return std::nullopt;
  const auto part = parse_enum<RunPart>(name.substr(0, split));
  const std::string_view digits = name.substr(split + 1);
  std::int64_t pid = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  if (!part || status != std::errc{} || end != digits.data() + digits.size() || pid <= 0) return std::nullopt;
  return PartName{*part, pid};
}

Inheritance::Run& run_of(std::vector<Inheritance::Run>& runs, std::int64_t pid) {
  for (auto& run : runs)
    if (run.pid == pid) return run;
  Inheritance::Run run;
  run.pid = pid;
  run.parts.fill(kMissing);
  return runs.emplace_back(run);
}

bool is_whole(const Inheritance::Run& run) {
  return std::none_of(run.parts.begin(), run.parts.end(), [](std::size_t part) { return part == kMissing; });
}

// The best of them, or the end.
std::vector<Inheritance::Run>::iterator chosen(std::vector<Inheritance::Run>& runs) {
  const auto living = std::find_if(runs.begin(), runs.end(), [](const auto& r) { return is_whole(r) && !r.ended; });
  return living != runs.end() ? living : std::find_if(runs.begin(), runs.end(), is_whole);
}

void add_stale(Inheritance& result, const Inheritance::Run& run) {
  for (const auto& [part, text] : kRunPartTexts)
    if (run.parts[static_cast<std::size_t>(part)] != kMissing) result.stale.push_back(stored_name(part, run.pid));
}

}  // namespace

std::string stored_name(RunPart part, std::int64_t pid) {
  return std::string(to_text(part)) + "-" + std::to_string(pid);
}

Inheritance sort_out(std::span<const FoundDescriptor> found) {
  Inheritance result;
  std::vector<Inheritance::Run> runs;
  for (std::size_t at = 0; at < found.size(); ++at) {
    const auto& [name, ended] = found[at];
    if (name == kClientName) result.clients.push_back(at);
    if (name == kSubscriberName) result.subscribers.push_back(at);
    if (name == kControlName && !result.control) result.control = at;
    const auto part = part_of(name);
    if (!part) continue;
    auto& run = run_of(runs, part->pid);
    auto& place = run.parts[static_cast<std::size_t>(part->part)];
    if (place != kMissing) continue;
    place = at;
    if (part->part == RunPart::process) run.ended = ended;
  }
  const auto best = chosen(runs);
  for (auto run = runs.begin(); run != runs.end(); ++run)
    if (run != best) add_stale(result, *run);
  if (best != runs.end()) result.run = *best;
  return result;
}

ExitStatus ending_of(std::string_view last_words, std::optional<int> bye_code) {
  constexpr std::string_view kSignal = "signal ", kExit = "exit ";
  ExitStatus status;
  status.code = bye_code;
  while (!last_words.empty()) {
    const std::string_view line = last_words.substr(0, last_words.find('\n'));
    last_words.remove_prefix(std::min(line.size() + 1, last_words.size()));
    const auto signal = line.starts_with(kSignal) ? number_at(line.substr(kSignal.size())) : std::nullopt;
    if (signal && *signal > 0) return {std::nullopt, *signal, false};
    const auto code = line.starts_with(kExit) ? number_at(line.substr(kExit.size())) : std::nullopt;
    if (code) status.code = code;
  }
  return status;
}

ReapChoice reap_choice(std::string_view result, bool handed_over) {
  return result == "success" && !handed_over ? ReapChoice::end_orchestrator : ReapChoice::leave_for_adoption;
}

}  // namespace s1mple
