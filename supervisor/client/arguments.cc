#include "supervisor/client/arguments.h"

#include <charconv>
#include <optional>
#include <vector>

#include "common/base/json.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

constexpr std::int64_t kTimeoutMaxSeconds = 3600;
constexpr std::size_t kKeyMin = 8;  // PROTOCOL.md: a shorter id is no idempotence key
constexpr std::size_t kKeyMax = 64;

Error usage(std::string story) { return {Errc::invalid, std::move(story)}; }

Result<std::int64_t> whole_number(std::string_view name, std::string_view text, std::int64_t low, std::int64_t high) {
  std::int64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = status == std::errc{} && end == text.data() + text.size() && !text.empty();
  if (whole && number >= low && number <= high) return number;
  return usage(std::string(name) + " must be a whole number from " + std::to_string(low) + " to " +
               std::to_string(high) + ", not '" + std::string(text) + "'");
}

class Parser {
 public:
  Parser(std::span<const char* const> words, const Command& command) : words_(words), command_(command) {
    out_.command = &command;
  }

  Result<Invocation> parse() {
    while (at_ < words_.size()) {
      const std::string_view word = words_[at_++];
      const bool option = !options_ended_ && word.size() > 1 && word.starts_with('-');
      if (word == "--" && !options_ended_) {
        options_ended_ = true;
      } else if (!option) {
        positional_.emplace_back(word);
      } else if (auto done = take_option(word); !done) {
        return std::move(done).error();
      }
    }
    if (out_.help) return std::move(out_);
    if (auto done = assign_positional(); !done) return std::move(done).error();
    if (auto done = write_params(); !done) return std::move(done).error();
    return std::move(out_);
  }

 private:
  struct Given {
    const Param* param;
    std::string value;
  };

  Result<std::string> value_of(std::string_view name, const std::optional<std::string>& attached) {
    if (attached) return *attached;
    if (at_ >= words_.size()) return usage(std::string(name) + " needs a value");
    return std::string(words_[at_++]);
  }

  Result<void> take_option(std::string_view word) {
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    std::optional<std::string> attached;
    if (equals != std::string_view::npos) attached = std::string(word.substr(equals + 1));

    for (const auto& param : command_.params) {
      if (param.option != name) continue;
      if (param.kind == ParamKind::flag) return set_flag(param, attached);
      auto value = value_of(name, attached);
      if (!value) return std::move(value).error();
      given_.push_back({&param, *value});
      return {};
    }
    return take_common(name, attached);
  }

  Result<void> set_flag(const Param& param, const std::optional<std::string>& attached) {
    if (attached) return usage(std::string(param.option) + " takes no value");
    given_.push_back({&param, {}});
    return {};
  }

  Result<void> take_common(std::string_view name, const std::optional<std::string>& attached) {
    bool* flag = nullptr;
    if (name == "--json") flag = &out_.json;
    if (name == "--help" || name == "-h") flag = &out_.help;
    if (name == "--watch" && command_.name == "status") flag = &out_.watch;
    if (name == "--wait" && command_.waits) flag = &out_.wait;
    if (flag != nullptr) {
      if (attached) return usage(std::string(name) + " takes no value");
      *flag = true;
      return {};
    }
    std::string* text = nullptr;
    if (name == "--socket") text = &out_.socket;
    if (name == "--home") text = &out_.home;
    if (name == "--key" && command_.changes) text = &out_.key;
    const bool limit = name == "--limit" && command_.lists;
    if (text == nullptr && !limit && name != "--timeout") return unknown(name);
    auto value = value_of(name, attached);
    if (!value) return std::move(value).error();
    if (text != nullptr) {
      if (value->empty()) return usage(std::string(name) + " must not be empty");
      if (text == &out_.key && (value->size() < kKeyMin || value->size() > kKeyMax))
        return usage("--key must have 8 to 64 bytes");
      *text = *value;
      return {};
    }
    return take_number(name, *value, limit);
  }

  Result<void> take_number(std::string_view name, std::string_view value, bool limit) {
    auto number = whole_number(name, value, 1, limit ? kListLimitMax : kTimeoutMaxSeconds);
    if (!number) return std::move(number).error();
    if (limit) {
      out_.limit = *number;
    } else {
      out_.timeout = *number * Nanos(1s);
    }
    return {};
  }

  [[nodiscard]] Error unknown(std::string_view name) const {
    std::string known;
    for (const auto& param : command_.params)
      if (!param.option.empty()) known += std::string(param.option) + ", ";
    if (command_.name == "status") known += "--watch, ";
    if (command_.waits) known += "--wait, ";
    if (command_.lists) known += "--limit, ";
    if (command_.changes) known += "--key, ";
    return usage("'" + std::string(command_.name) + "' has no option " + std::string(name) + "; it has " + known +
                 "--json, --socket, --home, --timeout, --help");
  }

  Result<void> assign_positional() {
    if (command_.name == "help") {
      if (!positional_.empty()) out_.topic = positional_.front();
      return {};
    }
    std::size_t next = 0;
    for (const auto& param : command_.params) {
      if (!param.option.empty()) continue;
      if (next >= positional_.size()) {
        if (!param.required) continue;
        return usage("'" + std::string(command_.name) + "' needs " + upper(param.member) + ": " +
                     std::string(param.help));
      }
      std::string value = positional_[next++];
      if (param.kind == ParamKind::words)
        while (next < positional_.size()) value += " " + positional_[next++];
      if (value.find_first_not_of(" \t") == std::string::npos)
        return usage(std::string(param.member) + " must not be empty");
      given_.push_back({&param, std::move(value)});
    }
    if (next < positional_.size())
      return usage("'" + std::string(command_.name) + "' does not know what to do with '" + positional_[next] + "'");
    return {};
  }

  Result<void> write_params() {
    JsonWriter json;
    json.begin_object();
    for (std::size_t i = 0; i < given_.size(); ++i) {
      const auto& [param, value] = given_[i];
      for (std::size_t j = 0; j < i; ++j)
        if (given_[j].param == param) return usage(std::string(param->option) + " is given twice");
      if (auto allowed = check_choice(*param, value); !allowed) return allowed;
      if (param->kind == ParamKind::flag) {
        json.boolean(param->member, true);
      } else {
        json.text(param->member, value);
      }
      out_.has_id = out_.has_id || param->member == "id";
      if (param->member == "symbol") out_.symbol = value;
      if (param->member == "scope") out_.scope = value;
    }
    json.end_object();
    out_.params_json = json.take();
    return {};
  }

  static Result<void> check_choice(const Param& param, std::string_view value) {
    if (param.choices.empty()) return {};
    std::string_view rest = param.choices;
    while (!rest.empty()) {
      const auto bar = std::min(rest.find('|'), rest.size());
      if (rest.substr(0, bar) == value) return {};
      rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
    return usage(std::string(param.option) + " must be one of " + std::string(param.choices) + ", not '" +
                 std::string(value) + "'");
  }

  std::span<const char* const> words_;
  const Command& command_;
  std::size_t at_ = 1;
  bool options_ended_ = false;
  std::vector<std::string> positional_;
  std::vector<Given> given_;
  Invocation out_;
};

}  // namespace

Result<Invocation> parse_arguments(std::span<const char* const> words) {
  if (words.empty()) return usage("a command is missing");
  const std::string_view name = words.front();
  const Command* command = name == "--help" || name == "-h" ? find_command("help")
                           : name == "--version"            ? find_command("version")
                                                            : find_command(name);
  if (command != nullptr) return Parser(words, *command).parse();
  std::string story = "there is no command '" + std::string(name) + "'";
  const auto nearest = nearest_command(name);
  if (!nearest.empty()) story += "; did you mean '" + std::string(nearest) + "'?";
  return usage(std::move(story));
}

}  // namespace s1mple::client
