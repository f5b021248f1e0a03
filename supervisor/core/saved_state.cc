#include "supervisor/core/saved_state.h"

#include <algorithm>
#include <cstdio>
#include <span>

#include "common/base/crc32c.h"
#include "common/base/json.h"
#include "supervisor/core/age.h"

namespace s1mple {

namespace {

constexpr std::string_view kCheckKey = ",\"check\":\"";

std::string checksum(std::string_view text) {
  const std::uint32_t crc = crc32c(std::as_bytes(std::span(text.data(), text.size())));
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08x", crc);
  return digits;
}

void write_tally(JsonWriter& out, const RestartTally& tally) {
  out.key("tally").begin_object().text("key", tally.key).text("step", to_text(tally.step));
  out.text("parked_reason", tally.parked_reason).key("death_ages_ms").begin_array();
  for (const Nanos age : tally.death_ages) out.number(to_ms(std::min(age, kLongestAge)));
  out.end_array().number("safe_deaths", tally.safe_deaths).boolean("reserved", tally.reserved);
  out.boolean("after_store_failed", tally.after_store_failed).boolean("clean", tally.clean).end_object();
}

// Members are read one after the other; the first that is wrong ends it.
class Reader {
 public:
  explicit Reader(const JsonValue& object) : object_(object) {}
  Reader& text(std::string_view key, std::string& into) { return take(object_.text_at(key), into); }
  Reader& flag(std::string_view key, bool& into) { return take(object_.bool_at(key), into); }
  Reader& count(std::string_view key, std::uint64_t& into) { return take(object_.uint_at(key), into); }
  [[nodiscard]] Result<void> result() { return error_ ? Result<void>(*error_) : Result<void>(); }

 private:
  template <class T>
  Reader& take(Result<T> read, T& into) {
    if (read) into = std::move(read).value();
    else if (!error_) error_ = Error{Errc::damaged, read.error().story};
    return *this;
  }
  const JsonValue& object_;
  std::optional<Error> error_;
};

Result<void> read_tally(const JsonValue& object, RestartTally& tally) {
  std::string step;
  std::uint64_t safe_deaths = 0;
  Reader in(object);
  in.text("key", tally.key).text("step", step).text("parked_reason", tally.parked_reason);
  in.count("safe_deaths", safe_deaths).flag("reserved", tally.reserved);
  in.flag("after_store_failed", tally.after_store_failed).flag("clean", tally.clean);
  if (auto read = in.result(); !read) return read;
  const auto known = parse_enum<LadderStep>(step);
  if (!known || safe_deaths > RestartPolicy::kMaxDeaths) return Error{Errc::damaged, "tally out of range"};
  tally.step = *known;
  tally.safe_deaths = static_cast<std::uint32_t>(safe_deaths);
  const auto ages = object.find("death_ages_ms");
  if (!ages || !ages->is_array() || ages->size() > RestartPolicy::kMaxDeaths)
    return Error{Errc::damaged, "tally.death_ages_ms is no short list"};
  for (std::size_t i = 0; i < ages->size(); ++i) {
    const auto age = ages->item(i).as_int();
    if (!age || *age < 0 || *age > to_ms(kLongestAge)) return Error{Errc::damaged, "tally.death_ages_ms out of range"};
    tally.death_ages.push_back(std::chrono::milliseconds(*age));
  }
  return {};
}

}  // namespace

std::string encode_saved_state(const SavedState& state) {
  JsonWriter out;
  out.begin_object().number("format", SavedState::kFormat).text("saved_at", to_rfc3339(state.saved_at));
  out.number("epoch", state.epoch).key("halt").begin_object();
  out.boolean("halted", state.halt.halted).text("reason", state.halt.reason);
  out.text("by", state.halt.by).text("at", state.halt.at).end_object();
  write_tally(out, state.tally);
  out.end_object();
  std::string text = out.take();
  text.pop_back();  // the check goes in before the closing brace and covers what stands before it
  const std::string check = checksum(text);
  return text + std::string(kCheckKey) + check + "\"}\n";
}

Result<SavedState> decode_saved_state(std::string_view text) {
  const auto at = text.rfind(kCheckKey);
  const auto parsed = JsonValue::parse(text);
  if (!parsed || at == std::string_view::npos) return Error{Errc::damaged, "it is no JSON object with a check"};
  const auto format = parsed->int_at("format");
  if (format && *format > SavedState::kFormat)
    return Error{Errc::unsupported, "format " + std::to_string(*format) + " is newer than this program"};
  const auto check = parsed->text_at("check");
  if (!format || !check || *check != checksum(text.substr(0, at)))
    return Error{Errc::damaged, "its check does not fit its content"};

  SavedState state;
  std::string saved_at;
  if (auto read = Reader(*parsed).text("saved_at", saved_at).count("epoch", state.epoch).result(); !read)
    return std::move(read).error();
  const auto time = parse_rfc3339(saved_at);
  const auto halt = parsed->find("halt");
  const auto tally = parsed->find("tally");
  if (!time || !halt || !tally) return Error{Errc::damaged, "saved_at, halt or tally is missing"};
  state.saved_at = *time;
  Reader in(*halt);
  in.flag("halted", state.halt.halted).text("reason", state.halt.reason);
  in.text("by", state.halt.by).text("at", state.halt.at);
  if (auto read = in.result(); !read) return std::move(read).error();
  if (auto read = read_tally(*tally, state.tally); !read) return std::move(read).error();
  return state;
}

}  // namespace s1mple
