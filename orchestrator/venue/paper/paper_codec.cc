#include "orchestrator/venue/paper/paper_codec.h"

#include <utility>

#include "orchestrator/domain/codec_visitor.h"

namespace s1mple {
namespace {

constexpr std::uint8_t kRecordVersion = 1;

template <std::size_t... Index>
void read_fact(std::size_t type, ByteReader& reader, PaperFact& fact, std::index_sequence<Index...>) {
  const auto read = [&]<std::size_t Which>() {
    visit_fields(reader, fact.emplace<Which>());
    return true;
  };
  const bool known = ((type == Index + 1 && read.template operator()<Index>()) || ...);
  if (!known) reader.fail("unknown fact type " + std::to_string(type));
}

}  // namespace

void encode(const PaperRecord& record, std::string& out) {
  ByteWriter writer(out);
  out.push_back(static_cast<char>(kRecordVersion));
  for (const PaperFact& fact : record) {
    writer.put_varint(fact.index() + 1);
    std::visit([&](const auto& body) { visit_fields(writer, body); }, fact);
  }
}

Result<void> decode_paper_facts(std::span<const std::byte> bytes,
                                const std::function<Result<void>(const PaperFact&)>& take) {
  ByteReader reader(bytes);
  const std::uint8_t version = reader.byte("version");
  if (reader.ok() && version != kRecordVersion)
    return Error{Errc::unsupported, "record version " + std::to_string(version) + "; this program reads version 1"};
  PaperFact fact;
  while (reader.ok() && !reader.at_end()) {
    const std::uint64_t type = reader.varint("fact type");
    if (reader.ok()) read_fact(type, reader, fact, std::make_index_sequence<std::variant_size_v<PaperFact>>{});
    if (!reader.ok()) break;
    if (auto taken = take(fact); !taken) return taken;
  }
  return reader.ok() ? Result<void>() : Result<void>(reader.take_error());
}

Result<PaperRecord> decode_paper_record(std::span<const std::byte> bytes) {
  PaperRecord record;
  auto decoded = decode_paper_facts(bytes, [&](const PaperFact& fact) -> Result<void> {
    record.push_back(fact);
    return {};
  });
  if (!decoded) return std::move(decoded).error();
  return record;
}

void write_json(const PaperFact& fact, JsonWriter& out) {
  out.begin_object();
  out.text("fact", kPaperFactNames[fact.index()]);
  JsonFieldWriter writer(out);
  std::visit([&](const auto& body) { visit_fields(writer, body); }, fact);
  out.end_object();
}

}  // namespace s1mple
