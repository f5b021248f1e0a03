#include "supervisor/core/reload.h"

#include <algorithm>
#include <array>
#include <span>

#include "common/base/crc32c.h"
#include "common/base/ensure.h"

namespace s1mple {

namespace {

constexpr std::array<std::string_view, 3> kOfSupervisor{"supervisor.home", "supervisor.group", "supervisor.orchestrator"};
constexpr std::array<std::string_view, 2> kTold{"supervisor.liveness.link_grace", "supervisor.liveness.link_grace_systemd"};

template <class Items, class Item>
bool contains(const Items& items, const Item& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

ConfigFile::Values values_of(SupervisorSettings settings) {
  auto printer = ConfigFile::printer();
  settings_fields(printer, settings);
  return printer.values();
}

// Named once, whether it is new, gone or different.
std::vector<std::string> differing(const StartedWith& one, const StartedWith& other) {
  std::vector<std::string> names;
  const auto add_missing = [&names](const StartedWith& from, const StartedWith& in) {
    for (const auto& item : from)
      if (!contains(in, item) && !contains(names, item.table)) names.push_back(item.table);
  };
  add_missing(one, other);
  add_missing(other, one);
  return names;
}

}  // namespace

StartedWith started_with(const ReadSettings& read) {
  StartedWith all = read.orchestrators;
  for (const auto& [key, value] : values_of(read.settings))
    if (contains(kTold, key)) all.push_back({key, crc32c(std::as_bytes(std::span(value)))});
  return all;
}

ReloadPlan plan_reload(const SupervisorSettings& now, const SupervisorSettings& next, const StartedWith& running,
                       const StartedWith& read) {
  ReloadPlan plan;
  const auto before = values_of(now);
  const auto after = values_of(next);
  ENSURE(before.size() == after.size(), "every key is printed, whatever it says");
  for (std::size_t n = 0; n < after.size(); ++n) {
    const auto& key = after[n].first;
    if (before[n].second == after[n].second || contains(kTold, key)) continue;
    (contains(kOfSupervisor, key) ? plan.of_supervisor : plan.taken).push_back(key);
  }
  plan.of_orchestrator = differing(running, read);
  plan.settings = next;
  plan.settings.home = now.home;
  plan.settings.group = now.group;
  plan.settings.orchestrator = now.orchestrator;
  return plan;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nothing" : text;
}

}  // namespace s1mple
