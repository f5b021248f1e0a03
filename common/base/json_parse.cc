#include <algorithm>
#include <stdexcept>

#include "common/base/json_tree.h"

// What RapidJSON itself believes impossible ends the parse, not the process: the input is not ours.
#define RAPIDJSON_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : throw std::logic_error("RapidJSON: " #condition))
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace s1mple {
namespace {

// NOLINTBEGIN(readability-identifier-naming): the names of RapidJSON's concepts.

// RapidJSON's stream concept over a string_view, which needs no terminating zero.
class TextStream {
 public:
  using Ch = char;
  explicit TextStream(std::string_view text) : at_(text.data()), begin_(at_), end_(at_ + text.size()) {}
  [[nodiscard]] Ch Peek() const { return at_ == end_ ? '\0' : *at_; }
  Ch Take() { return at_ == end_ ? '\0' : *at_++; }
  [[nodiscard]] std::size_t Tell() const { return static_cast<std::size_t>(at_ - begin_); }
  Ch* PutBegin() { throw std::logic_error("RapidJSON wrote to a read-only stream"); }
  void Put(Ch) { PutBegin(); }
  void Flush() {}
  std::size_t PutEnd(Ch*) { return 0; }

 private:
  const char* at_;
  const char* begin_;
  const char* end_;
};

// NOLINTEND(readability-identifier-naming)

// \udc00 without its high half is no character, and RapidJSON lets it pass as the bytes ed b0 80.
bool has_lone_surrogate(std::string_view text) {
  for (auto at = text.find('\xed'); at != std::string_view::npos; at = text.find('\xed', at + 1))
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xa0) return true;
  return false;
}

}  // namespace

// Receives RapidJSON's events. A false return ends the parse; complaint() then says why.
class JsonValue::Builder {
 public:
  explicit Builder(std::size_t bytes) {
    document_.characters.reserve(bytes);
    document_.nodes.reserve(bytes / 8 + 1);
    pending_.reserve(kUsualPending);
  }

  // NOLINTBEGIN(readability-identifier-naming): the names of RapidJSON's concepts.
  bool Null() { return push({Kind::null}); }
  bool Bool(bool value) { return push({Kind::boolean, value}); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    return push_text(Kind::number, {text, size});
  }
  bool String(const char* text, rapidjson::SizeType size, bool) { return push_string({text, size}); }
  bool Key(const char* text, rapidjson::SizeType size, bool) { return push_string({text, size}); }
  bool StartObject() { return enter(); }
  bool StartArray() { return enter(); }
  bool EndObject(rapidjson::SizeType members) {
    const std::size_t first = pending_.size() - std::size_t{members} * 2;
    return has_unique_keys(first) && leave(Kind::object, first, members);
  }
  bool EndArray(rapidjson::SizeType items) { return leave(Kind::array, pending_.size() - items, items); }
  // Numbers arrive as RawNumber only; RapidJSON's templates name these all the same.
  bool Int(int) { return complain("number out of place"); }
  bool Uint(unsigned) { return complain("number out of place"); }
  bool Int64(std::int64_t) { return complain("number out of place"); }
  bool Uint64(std::uint64_t) { return complain("number out of place"); }
  bool Double(double) { return complain("number out of place"); }  // RapidJSON's signature; never called
  // NOLINTEND(readability-identifier-naming)

  [[nodiscard]] const std::string& complaint() const { return complaint_; }
  [[nodiscard]] Document take() {
    document_.nodes.push_back(pending_.back());
    return std::move(document_);
  }

 private:
  static constexpr std::size_t kUsualPending = 32;
  static constexpr std::size_t kFewMembers = 16;

  bool complain(std::string why) {
    complaint_ = std::move(why);
    return false;
  }
  bool push(Node node) {
    pending_.push_back(node);
    return true;
  }
  bool push_text(Kind kind, std::string_view text) {
    const auto offset = static_cast<std::uint32_t>(document_.characters.size());
    document_.characters += text;
    return push({kind, false, offset, static_cast<std::uint32_t>(text.size())});
  }
  bool push_string(std::string_view text) {
    if (has_lone_surrogate(text)) return complain("lone surrogate in a text");
    return push_text(Kind::text, text);
  }
  bool enter() {
    if (++depth_ > kMaxDepth) return complain("nested deeper than " + std::to_string(kMaxDepth));
    return true;
  }
  // Moves the children from the stack into the tree and leaves their container on the stack.
  bool leave(Kind kind, std::size_t first, std::uint32_t count) {
    --depth_;
    const auto index = static_cast<std::uint32_t>(document_.nodes.size());
    const auto children = pending_.begin() + static_cast<std::ptrdiff_t>(first);
    document_.nodes.insert(document_.nodes.end(), children, pending_.end());
    pending_.erase(children, pending_.end());
    return push({kind, false, index, count});
  }

  [[nodiscard]] std::string_view key_at(std::size_t index) const {
    return std::string_view(document_.characters).substr(pending_[index].first, pending_[index].count);
  }
  bool has_unique_keys(std::size_t first) {
    if ((pending_.size() - first) / 2 > kFewMembers) return has_unique_keys_of_many(first);
    for (std::size_t later = first + 2; later < pending_.size(); later += 2)
      for (std::size_t earlier = first; earlier < later; earlier += 2)
        if (key_at(earlier) == key_at(later)) return complain_of_duplicate(key_at(later));
    return true;
  }
  bool has_unique_keys_of_many(std::size_t first) {
    std::vector<std::string_view> keys;
    for (std::size_t index = first; index < pending_.size(); index += 2) keys.push_back(key_at(index));
    std::sort(keys.begin(), keys.end());
    const auto twin = std::adjacent_find(keys.begin(), keys.end());
    return twin == keys.end() || complain_of_duplicate(*twin);
  }
  bool complain_of_duplicate(std::string_view key) {
    return complain("duplicate key '" + std::string(key.substr(0, 64)) + "'");
  }

  Document document_;
  std::vector<Node> pending_;  // values whose container is still open
  int depth_ = 0;
  std::string complaint_;
};

Result<JsonValue> JsonValue::parse(std::string_view text) {
  if (text.size() > kMaxBytes)
    return Error{Errc::invalid, "JSON: longer than " + std::to_string(kMaxBytes) + " bytes"};
  const auto refused = [](std::size_t byte, std::string_view why) {
    return Error{Errc::invalid, "JSON at byte " + std::to_string(byte) + ": " + std::string(why)};
  };
  constexpr unsigned kFlags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag;
  TextStream stream(text);
  Builder builder(text.size());
  rapidjson::Reader reader;
  try {
    const auto result = reader.Parse<kFlags>(stream, builder);
    if (!builder.complaint().empty()) return refused(result.Offset(), builder.complaint());
    if (result.IsError()) return refused(result.Offset(), rapidjson::GetParseError_En(result.Code()));
  } catch (const std::logic_error& impossible) {
    return refused(stream.Tell(), impossible.what());
  }
  // A zero byte looks like the end to RapidJSON.
  if (stream.Tell() != text.size()) return refused(stream.Tell(), "a zero byte");
  const auto document = std::make_shared<const Document>(builder.take());
  return JsonValue(document, &document->nodes.back());
}

}  // namespace s1mple
