#include "supervisor/core/alert_outbox.h"

#include <algorithm>

namespace s1mple {

namespace {

std::string mark_line(std::string_view what, std::string_view id, std::string_view at) {
  JsonWriter out;
  out.begin_object().text(what, id).text("at", at).end_object();
  return out.take() + "\n";
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
  out.begin_object().text("id", alert.id).text("level", to_text(alert.level)).text("code", alert.code);
  out.text("text", alert.text).text("at", alert.at);
  if (!alert.details_json.empty()) out.raw("details", alert.details_json);
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
  return !entry.delivered || entry.alert.level == AlertLevel::critical;
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
  if (find(alert.id) != nullptr) return std::nullopt;
  make_room();
  std::string line = alert_line(alert);
  Entry entry;
  entry.alert = std::move(alert);
  entry.next_try = now;
  entries_.push_back(std::move(entry));
  return line;
}

const AlertOutbox::Entry* AlertOutbox::begin_delivery(Instant now) {
  if (settings_.command.empty() || !delivering_.empty()) return nullptr;
  const Entry* best = nullptr;
  for (const Entry& entry : entries_) {
    if (!wants_delivery(entry) || entry.next_try > now) continue;
    const bool outranks = best != nullptr && best->alert.level != AlertLevel::critical &&
                          entry.alert.level == AlertLevel::critical;
    if (best == nullptr || outranks) best = &entry;
  }
  if (best != nullptr) delivering_ = best->alert.id;
  return best;
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
  if (entry == nullptr) return std::nullopt;
  ++entry->tries;
  entry->last_error = taken ? "" : error.substr(0, kMaxErrorBytes);
  if (!taken) {
    entry->next_try = now + backoff(entry->tries);
    return std::nullopt;
  }
  entry->next_try = now + settings_.resend_after;
  entry->delivered_at = at;
  if (entry->delivered) return std::nullopt;
  entry->delivered = true;
  return mark_line("delivered", entry->alert.id, at);
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
    if (wants_delivery(entry) && (!earliest || entry.next_try < *earliest)) earliest = entry.next_try;
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
    if (entry.delivered) log += mark_line("delivered", entry.alert.id, entry.delivered_at);
    if (entry.acked) log += mark_line("acked", entry.alert.id, entry.alert.at);
  }
  return log;
}

void AlertOutbox::restore_delivery(Entry& entry, const JsonValue& record, Instant now, WallTime wall) {
  entry.delivered = true;
  if (auto text = record.text_at("at")) entry.delivered_at = *std::move(text);
  const auto at = parse_rfc3339(entry.delivered_at);
  if (!at) return;  // then it is sent again at once
  const Nanos ago = std::max(Nanos{}, Nanos(wall - *at));
  entry.next_try = now + std::max(Nanos{}, settings_.resend_after - ago);
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
                       (record->find("alert") || record->find("delivered") || record->find("acked"));
    if (!known) {
      ++unread;
      continue;
    }
    if (const auto object = record->find("alert")) {
      auto alert = read_alert(*object);
      if (!alert) ++unread;
      else (void)add(std::move(alert).value(), now);
    }
    if (const auto id = record->text_at("delivered"); id)
      if (Entry* entry = find(*id)) restore_delivery(*entry, *record, now, wall);
    if (const auto id = record->text_at("acked"); id)
      if (Entry* entry = find(*id)) entry->acked = true;
  }
  return unread;
}

}  // namespace s1mple
