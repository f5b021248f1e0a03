#include "orchestrator/shell/installation.h"

#include <algorithm>

#include "common/base/json.h"
#include "common/os/files.h"

namespace s1mple {
namespace {

constexpr std::size_t kMaxBytes = 1024 * 1024;
constexpr std::size_t kTagLength = 4;
constexpr std::string_view kBase36 = "0123456789abcdefghijklmnopqrstuvwxyz";

std::string path_in(const std::string& home) { return home + "/INSTALLATION"; }

bool is_tag(std::string_view text) {
  return text.size() == kTagLength && text.find_first_not_of(kBase36) == std::string_view::npos;
}

Result<Installation> decode(const std::string& text) {
  auto json = JsonValue::parse(text);
  if (!json) return std::move(json).error();
  auto tag = json->text_at("tag");
  if (!tag) return std::move(tag).error();
  auto earlier = json->at("earlier");
  if (!earlier) return std::move(earlier).error();
  Installation installation{std::move(*tag), {}};
  for (std::size_t i = 0; i < earlier->size(); ++i) {
    auto one = earlier->item(i).as_text();
    if (!one) return std::move(one).error();
    installation.earlier.push_back(std::move(*one));
  }
  const bool good = is_tag(installation.tag) && earlier->is_array() && std::ranges::all_of(installation.earlier, is_tag);
  if (!good) return Error{Errc::damaged, "a tag is four characters of 0-9 and a-z"};
  return installation;
}

}  // namespace

Result<Installation> Installation::read(const std::string& home) {
  auto text = read_file(path_in(home), kMaxBytes);
  if (!text) {
    if (text.error().code == Errc::not_found) return Installation{};
    return std::move(text).error();
  }
  auto decoded = decode(*text);
  if (!decoded)
    return Error{Errc::damaged, path_in(home) + ": " + decoded.error().story +
                                    "; restore it from a backup: without it order ids could repeat"};
  return decoded;
}

Result<void> Installation::write(const std::string& home) const {
  JsonWriter out;
  out.begin_object().text("tag", tag).key("earlier").begin_array();
  for (const std::string& one : earlier) out.text(one);
  out.end_array().end_object();
  return replace_file(path_in(home), out.take() + "\n");
}

void Installation::adopt(const std::string& next, const std::vector<std::string>& others) {
  std::vector<std::string> all = earlier;
  all.push_back(tag);
  all.insert(all.end(), others.begin(), others.end());
  earlier.clear();
  for (const std::string& one : all)
    if (!one.empty() && one != next && std::ranges::find(earlier, one) == earlier.end()) earlier.push_back(one);
  tag = next;
}

std::string Installation::draw(Random& random) const {
  for (;;) {
    std::string drawn;
    for (std::size_t i = 0; i < kTagLength; ++i) drawn += kBase36[random.below(kBase36.size())];
    if (drawn != tag && std::ranges::find(earlier, drawn) == earlier.end()) return drawn;
  }
}

}  // namespace s1mple
