#include "orchestrator/state/snapshot_file.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>
#include <vector>

#include "common/base/crc32c.h"
#include "common/base/json.h"
#include "orchestrator/state/little_endian.h"
#include "orchestrator/state/record_digest.h"
#include "orchestrator/state/segment.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

constexpr std::string_view kStateKey = "\n\"state\":\n";
constexpr std::string_view kCrcKey = "\"header_crc32c\":\"";
constexpr std::string_view kNoCrc = "00000000";
constexpr std::size_t kReadChunkBytes = std::size_t{1} << 20;

Error damaged_snapshot(std::string reason) { return {Errc::damaged, std::move(reason)}; }

Result<std::uint32_t> hex_at(const JsonValue& object, std::string_view key) {
  const auto text = object.text_at(key);
  if (!text.ok()) return text.error();
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value, 16);
  if (error != std::errc{} || end != text->data() + text->size() || digest_text(value) != *text)
    return damaged_snapshot(std::string(key) + " is no checksum");
  return value;
}

// Fields one by one, so that the first wrong one is named.
class HeaderReader {
 public:
  explicit HeaderReader(const JsonValue& object) : object_(object) {}
  std::uint64_t number(std::string_view key) { return take(object_.uint_at(key), std::uint64_t{0}); }
  std::uint32_t hex(std::string_view key) { return take(hex_at(object_, key), std::uint32_t{0}); }
  std::string text(std::string_view key) { return take(object_.text_at(key), std::string()); }
  bool boolean(std::string_view key) { return take(object_.bool_at(key), false); }
  [[nodiscard]] const Result<void>& outcome() const { return outcome_; }

 private:
  template <class T>
  T take(Result<T> got, T fallback) {
    if (got.ok()) return std::move(got).value();
    if (outcome_.ok()) outcome_ = damaged_snapshot(got.error().story);
    return fallback;
  }
  const JsonValue& object_;
  Result<void> outcome_;
};

Result<std::vector<ArchiveRef>> archives_at(const JsonValue& object) {
  const auto list = object.at("archives");
  if (!list.ok()) return list.error();
  if (!list->is_array() || list->size() > kMaxArchives) return damaged_snapshot("archives is no list of them");
  std::vector<ArchiveRef> archives;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const JsonValue item = list->item(i);
    const auto file = item.text_at("file");
    const auto bytes = item.uint_at("bytes");
    const auto crc = hex_at(item, "crc32c");
    if (!file.ok() || !bytes.ok() || !crc.ok() || !parse_archive_file(*file))
      return damaged_snapshot("archives names no archive");
    archives.push_back({*file, *bytes, *crc});
  }
  return archives;
}

std::string archives_text(const std::vector<ArchiveRef>& archives) {
  std::string text = "[";
  for (const ArchiveRef& archive : archives) {
    if (text.size() > 1) text += ',';
    text += R"({"file":")" + archive.file + R"(","bytes":)" + std::to_string(archive.bytes) + R"(,"crc32c":")" +
            digest_text(archive.crc) + R"("})";
  }
  return text + "]";
}

// The number behind "minimum_reader": in the header's text, before any checksum is believed (rule 18).
std::uint64_t minimum_reader_of(std::string_view header) {
  constexpr std::string_view kKey = "\"minimum_reader\":";
  const auto at = header.find(kKey);
  if (at == std::string_view::npos) return 0;
  std::uint64_t value = 0;
  const char* first = header.data() + at + kKey.size();
  std::from_chars(first, header.data() + header.size(), value);
  return value;
}

Result<void> check_header_crc(std::string_view header) {
  const auto at = header.find(kCrcKey);
  if (at == std::string_view::npos || at + kCrcKey.size() + kNoCrc.size() > header.size())
    return damaged_snapshot("no header checksum");
  std::string blanked(header);
  const std::string_view stated = header.substr(at + kCrcKey.size(), kNoCrc.size());
  blanked.replace(at + kCrcKey.size(), kNoCrc.size(), kNoCrc);
  if (digest_text(crc32c(bytes_of(blanked))) != stated) return damaged_snapshot("header checksum is wrong");
  return {};
}

Result<void> read_exactly(DiskFile& file, std::uint64_t from, std::span<char> into) {
  const auto got = file.read_at(from, std::as_writable_bytes(into));
  if (!got.ok()) return got.error();
  return *got == into.size() ? Result<void>() : damaged_snapshot("ends early");
}

// The checksum of the body, in chunks; `keep`, where it is not null, gets the body.
Result<std::uint32_t> read_body(DiskFile& file, std::size_t bytes, std::string* keep) {
  std::string chunk;
  std::uint32_t crc = 0;
  if (keep)
    keep->resize(bytes);
  else
    chunk.resize(std::min(bytes, kReadChunkBytes));
  for (std::size_t done = 0; done < bytes;) {
    const std::size_t size = std::min(kReadChunkBytes, bytes - done);
    const std::span<char> into(keep ? keep->data() + done : chunk.data(), size);
    if (auto read = read_exactly(file, kSnapshotHeaderBytes + done, into); !read.ok())
      return std::move(read).error();
    crc = crc32c(std::as_bytes(into), crc);
    done += size;
  }
  return crc;
}

Result<SnapshotHeader> read_header(DiskFile& file) {
  std::string first(kSnapshotHeaderBytes, '\0');
  const auto got = file.read_at(0, std::as_writable_bytes(std::span(first)));
  if (!got.ok()) return got.error();
  first.resize(*got);
  auto header = decode_snapshot_header(first);
  if (!header.ok()) return header;
  const auto size = file.size();
  if (!size.ok()) return size.error();
  if (header->body_bytes > kMaxSnapshotBytes || *size != kSnapshotHeaderBytes + header->body_bytes + kSnapshotTail.size())
    return damaged_snapshot("is " + std::to_string(*size) + " bytes long, not what its header says");
  return header;
}

// The header, after every byte behind it was seen and found right.
Result<SnapshotHeader> check_file(DiskFile& file, std::string* keep_body) {
  auto header = read_header(file);
  if (!header.ok()) return header;
  const auto crc = read_body(file, static_cast<std::size_t>(header->body_bytes), keep_body);
  if (!crc.ok()) return crc.error();
  if (*crc != header->body_crc) return damaged_snapshot("body checksum is wrong");
  std::string tail(kSnapshotTail.size(), '\0');
  if (auto read = read_exactly(file, kSnapshotHeaderBytes + header->body_bytes, tail); !read.ok())
    return std::move(read).error();
  if (tail != kSnapshotTail) return damaged_snapshot("does not end as a snapshot ends");
  return header;
}

}  // namespace

std::string encode_snapshot_header(const SnapshotHeader& header) {
  std::string text = "{\"s1mpletrader\":\"snapshot\"";
  const auto member = [&text](std::string_view key, const std::string& value) {
    text += ",\n\"" + std::string(key) + "\":" + value;
  };
  const auto quoted = [](const std::string& value) { return '"' + value + '"'; };
  member("format", std::to_string(kStoreFormat));
  member("minimum_reader", std::to_string(kStoreFormat));
  member("kind", quoted(header.kind));
  member("state_format", std::to_string(header.state_format));
  member("epoch", std::to_string(header.epoch));
  member("seq", std::to_string(header.seq));
  member("digest", quoted(digest_text(header.digest)));
  member("segment", std::to_string(header.segment));
  member("segment_name", std::to_string(header.segment_name));
  member("salvaged", header.salvaged ? "true" : "false");
  member("archives", archives_text(header.archives));
  member("body_bytes", std::to_string(header.body_bytes));
  member("body_crc32c", quoted(digest_text(header.body_crc)));
  member("header_crc32c", quoted(std::string(kNoCrc)));
  text += ',';
  ENSURE(text.size() + kStateKey.size() <= kSnapshotHeaderBytes, "snapshot header is too long");
  text.append(kSnapshotHeaderBytes - kStateKey.size() - text.size(), ' ');
  text += kStateKey;
  const std::string crc = digest_text(crc32c(bytes_of(text)));
  return text.replace(text.find(kCrcKey) + kCrcKey.size(), crc.size(), crc);
}

Result<SnapshotHeader> decode_snapshot_header(std::string_view first_bytes) {
  if (minimum_reader_of(first_bytes) > kStoreFormat)
    return Error{Errc::unsupported, "written by a newer version of the format"};
  if (first_bytes.size() < kSnapshotHeaderBytes) return damaged_snapshot("shorter than its header");
  const std::string_view text = first_bytes.substr(0, kSnapshotHeaderBytes);
  if (auto checked = check_header_crc(text); !checked.ok()) return std::move(checked).error();
  if (!text.ends_with(kStateKey)) return damaged_snapshot("no state behind the header");
  const auto json = JsonValue::parse(std::string(text) + "null}");
  if (!json.ok()) return damaged_snapshot(json.error().story);
  HeaderReader read(*json);
  SnapshotHeader header;
  if (read.text("s1mpletrader") != "snapshot") return damaged_snapshot("no snapshot");
  header.kind = read.text("kind");
  header.state_format = static_cast<std::uint32_t>(read.number("state_format"));
  header.epoch = read.number("epoch");
  header.seq = read.number("seq");
  header.digest = read.hex("digest");
  header.segment = read.number("segment");
  header.segment_name = read.number("segment_name");
  header.salvaged = read.boolean("salvaged");
  header.body_bytes = read.number("body_bytes");
  header.body_crc = read.hex("body_crc32c");
  if (!read.outcome().ok()) return read.outcome().error();
  auto archives = archives_at(*json);
  if (!archives.ok()) return std::move(archives).error();
  header.archives = std::move(archives).value();
  return header;
}

Result<SnapshotHeader> read_snapshot_header(Disk& disk, std::string_view file_name) {
  auto file = disk.open(file_name, OpenFor::reading);
  if (!file.ok()) return std::move(file).error();
  return read_header(**file);
}

Result<Snapshot> load_snapshot(Disk& disk, std::string_view file_name) {
  auto file = disk.open(file_name, OpenFor::reading);
  if (!file.ok()) return std::move(file).error();
  Snapshot snapshot;
  auto header = check_file(**file, &snapshot.body);
  if (!header.ok()) return std::move(header).error();
  snapshot.header = std::move(header).value();
  return snapshot;
}

Result<SnapshotHeader> verify_snapshot(Disk& disk, std::string_view file_name) {
  auto file = disk.open(file_name, OpenFor::reading_back);
  if (!file.ok()) return std::move(file).error();
  return check_file(**file, nullptr);
}

}  // namespace s1mple
