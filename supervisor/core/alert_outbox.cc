#include "supervisor/core/alert_outbox.h"

#include <algorithm>

#include "supervisor/core/age.h"

namespace s1mple {

namespace {

std::string mark_line(std::string_view what, std::string_view id, std::string_view at) {
  JsonWriter out;
  out.begin_object().text(what, id).text("at", at).end_object();
  return out.take() + "\n";
}

std::string repeat_line(std::string_view id, std::string_view as, std::uint64_t times, std::string_view at) {
  JsonWriter out;
  out.begin_object().text("repeated", id);
  if (!as.empty()) out.text("as", as);
  if (times > 1) out.number("times", times);
  out.text("at", at).end_object();
  return out.take() + "\n";
}

void write_members(JsonWriter& out, const link::Alert& alert) {
  out.text("id", alert.id).text("level", to_text(alert.level)).text("code", alert.code);
  out.text("text", alert.text).text("at", alert.at);
  if (!alert.details_json.empty()) out.raw("details", alert.details_json);
}

std::string alert_line(const link::Alert& alert) {
  JsonWriter out;
  out.begin_object().key("alert");
  write_alert(out, alert);
  out.end_object();
  return out.take() + "\n";
}

}  // namespace

void write_alert(JsonWriter& out, const link::Alert& alert) {
  out.begin_object();
  write_members(out, alert);
  out.end_object();
}

void write_delivery(JsonWriter& out, const AlertOutbox::Entry& entry, bool escalation) {
  out.begin_object();
  write_members(out, entry.alert);
  if (entry.count > 1) out.number("count", entry.count).text("last_at", entry.last_at);
  if (escalation) out.boolean("escalation", true);
  out.end_object();
}

Result<link::Alert> read_alert(const JsonValue& object) {
  link::Alert alert;
  for (const auto& [key, member] : {std::pair{"id", &alert.id}, std::pair{"code", &alert.code},
                                    std::pair{"text", &alert.text}, std::pair{"at", &alert.at}}) {
    auto text = object.text_at(key);
    if (!text) return std::move(text).error();
    *member = *text;
  }
  const auto level = object.text_at("level");
  const auto known = level ? parse_enum<AlertLevel>(*level) : std::nullopt;
  if (!known) return Error{Errc::invalid, "level must be one of " + allowed_texts<AlertLevel>()};
  alert.level = *known;
  if (const auto details = object.find("details"); details && details->is_object())
    alert.details_json = details->dump();
  return alert;
}

const AlertOutbox::Entry* AlertOutbox::find(std::string_view id) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.alert.id == id; });
  return found == entries_.end() ? nullptr : &*found;
}

AlertOutbox::Entry* AlertOutbox::find(std::string_view id) {
  return const_cast<Entry*>(std::as_const(*this).find(id));
}

bool AlertOutbox::wants_delivery(const Entry& entry) {
  if (entry.acked) return false;
  return entry.told < entry.count || entry.alert.level == AlertLevel::critical;
}

bool AlertOutbox::has(std::string_view id) const {
  return find(id) != nullptr || std::find(repeated_.begin(), repeated_.end(), id) != repeated_.end();
}

AlertOutbox::Entry* AlertOutbox::same_as(const link::Alert& alert) {
  const auto same = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
    return !e.acked && e.alert.level == alert.level && e.alert.code == alert.code && e.alert.text == alert.text &&
           e.alert.details_json == alert.details_json;
  });
  return same == entries_.end() ? nullptr : &*same;
}

// What was delivered is told anew, but not before the window has passed.
void AlertOutbox::repeat(Entry& entry, std::string_view id, std::string_view at, std::uint64_t times, Instant now) {
  const bool was_told = entry.delivered && entry.told == entry.count;
  entry.count += times;
  entry.last_at = at;
  if (was_told) {
    const Instant next = std::max(now, entry.told_at + settings_.repeat_window);
    entry.next_try = entry.alert.level == AlertLevel::critical ? std::min(entry.next_try, next) : next;
  }
  if (id.empty()) return;
  repeated_.emplace_back(id);
  if (repeated_.size() > kMaxAlerts) repeated_.pop_front();
}

void AlertOutbox::make_room() {
  if (entries_.size() < kMaxAlerts) return;
  auto victim = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
    return !wants_delivery(e) && e.alert.id != delivering_;
  });
  if (victim == entries_.end())
    victim = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.alert.id != delivering_; });
  entries_.erase(victim);
}

std::optional<std::string> AlertOutbox::add(link::Alert alert, Instant now) {
  if (has(alert.id)) return std::nullopt;
  if (Entry* same = same_as(alert)) {
    repeat(*same, alert.id, alert.at, 1, now);
    return repeat_line(same->alert.id, alert.id, 1, alert.at);
  }
  std::string line = alert_line(alert);
  make_entry(std::move(alert), now, now);
  return line;
}

void AlertOutbox::make_entry(link::Alert alert, Instant now, Instant raised) {
  make_room();
  Entry entry;
  entry.alert = std::move(alert);
  entry.next_try = now;
  entry.next_escalation = raised + settings_.escalation_after;
  entries_.push_back(std::move(entry));
}

std::optional<AlertOutbox::Due> AlertOutbox::due(const Entry& entry) const {
  if (!wants_delivery(entry)) return std::nullopt;
  const bool critical = entry.alert.level == AlertLevel::critical;
  const bool escalates = critical && !settings_.escalation_command.empty() && entry.next_escalation < entry.next_try;
  Instant at = escalates ? entry.next_escalation : entry.next_try;
  const auto& tries = tries_[critical ? 1 : 0];
  if (tries.size() >= static_cast<std::size_t>(settings_.rate_limit))
    at = std::max(at, tries.front() + settings_.rate_window);
  return Due{at, escalates};
}

const AlertOutbox::Entry* AlertOutbox::begin_delivery(Instant now) {
  if (settings_.command.empty() || !delivering_.empty()) return nullptr;
  const Entry* best = nullptr;
  for (const Entry& entry : entries_) {
    const auto next = due(entry);
    if (!next || next->at > now) continue;
    const bool outranks = best != nullptr && best->alert.level != AlertLevel::critical &&
                          entry.alert.level == AlertLevel::critical;
    if (best == nullptr || outranks) best = &entry;
  }
  if (best == nullptr) return nullptr;
  delivering_ = best->alert.id;
  delivering_count_ = best->count;
  escalating_ = due(*best)->escalation;
  auto& tries = tries_[best->alert.level == AlertLevel::critical ? 1 : 0];
  tries.push_back(now);
  if (tries.size() > static_cast<std::size_t>(settings_.rate_limit)) tries.pop_front();
  return best;
}

void AlertOutbox::take(const AlertSettings& settings, Instant now) {
  const bool other = settings.command != settings_.command;
  const bool other_second = settings.escalation_command != settings_.escalation_command;
  settings_ = settings;
  for (auto& tries : tries_)
    while (tries.size() > static_cast<std::size_t>(settings_.rate_limit)) tries.pop_front();
  for (Entry& entry : entries_) {
    if (other && !entry.delivered) entry.next_try = std::min(entry.next_try, now);
    if (other_second && !entry.escalated && entry.escalation_tries > 0)
      entry.next_escalation = std::min(entry.next_escalation, now);
  }
}

Nanos AlertOutbox::backoff(std::uint32_t tries) {
  Nanos bound = settings_.retry_base;
  for (std::uint32_t n = 1; n < tries && bound < settings_.retry_cap; ++n) bound *= 2;
  bound = std::min(bound, settings_.retry_cap);
  return Nanos(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(bound.count()) + 1)));
}

std::optional<std::string> AlertOutbox::end_delivery(bool taken, std::string_view error, std::string_view at,
                                                     Instant now) {
  Entry* entry = find(std::exchange(delivering_, {}));
  const bool escalation = std::exchange(escalating_, false);
  if (entry == nullptr) return std::nullopt;
  entry->last_error = taken ? "" : error.substr(0, kMaxErrorBytes);
  if (escalation) return end_escalation(*entry, taken, at, now);
  ++entry->tries;
  if (!taken) {
    entry->next_try = now + backoff(entry->tries);
    return std::nullopt;
  }
  entry->next_try = now + settings_.resend_after;
  entry->delivered_at = at;
  entry->told_at = now;
  const bool says_more = entry->told < delivering_count_;
  entry->told = delivering_count_;
  entry->delivered = true;
  if (entry->told < entry->count) entry->next_try = now + settings_.repeat_window;  // raised again meanwhile
  if (!says_more) return std::nullopt;
  return mark_line("delivered", entry->alert.id, at);
}

std::optional<std::string> AlertOutbox::end_escalation(Entry& entry, bool taken, std::string_view at, Instant now) {
  ++entry.escalation_tries;
  entry.next_escalation = now + (taken ? settings_.resend_after : backoff(entry.escalation_tries));
  if (!taken || std::exchange(entry.escalated, true)) return std::nullopt;
  return mark_line("escalated", entry.alert.id, at);
}

std::optional<std::string> AlertOutbox::acknowledge(std::string_view id, std::string_view at) {
  std::string lines;
  bool known = false;
  for (Entry& entry : entries_) {
    const bool meant = id == "all" ? entry.delivered : entry.alert.id == id;
    if (!meant) continue;
    known = true;
    if (entry.acked) continue;
    entry.acked = true;
    lines += mark_line("acked", entry.alert.id, at);
  }
  return known || id == "all" ? std::optional(lines) : std::nullopt;
}

std::optional<Instant> AlertOutbox::wake_at() const {
  if (settings_.command.empty() || !delivering_.empty()) return std::nullopt;
  std::optional<Instant> earliest;
  for (const Entry& entry : entries_)
    if (const auto next = due(entry); next && (!earliest || next->at < *earliest)) earliest = next->at;
  return earliest;
}

std::size_t AlertOutbox::pending() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const Entry& e) { return !e.delivered && !e.acked; }));
}

std::string AlertOutbox::compact_log() const {
  std::string log;
  for (const Entry& entry : entries_) {
    log += alert_line(entry.alert);
    const std::uint64_t told = std::max<std::uint64_t>(entry.told, 1);
    if (told > 1) log += repeat_line(entry.alert.id, "", told - 1, entry.last_at);
    if (entry.delivered) log += mark_line("delivered", entry.alert.id, entry.delivered_at);
    if (entry.count > told) log += repeat_line(entry.alert.id, "", entry.count - told, entry.last_at);
    if (entry.escalated) log += mark_line("escalated", entry.alert.id, entry.delivered_at);
    if (entry.acked) log += mark_line("acked", entry.alert.id, entry.alert.at);
  }
  return log;
}

void AlertOutbox::restore_delivery(Entry& entry, const JsonValue& record, Instant now, WallTime wall) {
  entry.delivered = true;
  entry.told = entry.count;
  entry.told_at = now - settings_.repeat_window;
  if (auto text = record.text_at("at")) entry.delivered_at = *std::move(text);
  const auto at = parse_rfc3339(entry.delivered_at);
  if (!at) return;  // then it is sent again at once
  const Nanos ago = age_of(*at, wall);
  entry.told_at = now - ago;
  entry.next_try = now + std::max(Nanos{}, settings_.resend_after - ago);
}

void AlertOutbox::restore_line(const JsonValue& record, Instant now, WallTime wall) {
  if (const auto id = record.text_at("delivered"); id)
    if (Entry* entry = find(*id)) restore_delivery(*entry, record, now, wall);
  if (const auto id = record.text_at("acked"); id)
    if (Entry* entry = find(*id)) entry->acked = true;
  if (const auto id = record.text_at("escalated"); id)
    if (Entry* entry = find(*id)) {
      entry->escalated = true;
      entry->next_escalation = now + settings_.resend_after;
    }
  const auto id = record.text_at("repeated");
  Entry* entry = id ? find(*id) : nullptr;
  if (entry == nullptr) return;
  const auto as = record.text_at("as");
  const auto at = record.text_at("at");
  const auto times = record.uint_at("times");
  repeat(*entry, as ? *as : "", at ? *at : "", times ? *times : 1, now);
}

std::size_t AlertOutbox::restore(std::string_view log, Instant now, WallTime wall) {
  std::size_t unread = 0;
  while (!log.empty()) {
    const auto end = log.find('\n');
    const std::string_view line = log.substr(0, end);
    log.remove_prefix(end == std::string_view::npos ? log.size() : end + 1);
    if (line.empty()) continue;
    const auto record = JsonValue::parse(line);
    const bool known = record && record->is_object() &&
                       (record->find("alert") || record->find("delivered") || record->find("acked") ||
                        record->find("repeated") || record->find("escalated"));
    if (!known) {
      ++unread;
      continue;
    }
    if (const auto object = record->find("alert")) {
      auto alert = read_alert(*object);
      if (!alert) {
        ++unread;
        continue;
      }
      if (has(alert->id)) continue;
      const auto at = parse_rfc3339(alert->at);
      make_entry(std::move(alert).value(), now, at ? now - age_of(*at, wall) : now);
    }
    restore_line(*record, now, wall);
  }
  return unread;
}

}  // namespace s1mple
