#include "orchestrator/domain/fact_codec.h"

#include <utility>

namespace s1mple {
namespace {

constexpr std::uint8_t kRecordVersion = 1;

template <std::size_t... Index>
void read_fact(std::size_t type, ByteReader& reader, Fact& fact, std::index_sequence<Index...>) {
  const auto read = [&]<std::size_t Which>() {
    visit_fields(reader, fact.emplace<Which>());
    return true;
  };
  const bool known = ((type == Index + 1 && read.template operator()<Index>()) || ...);
  if (!known) reader.fail("unknown fact type " + std::to_string(type));
}

}  // namespace

void encode(const Record& record, std::string& out) {
  ByteWriter writer(out);
  out.push_back(static_cast<char>(kRecordVersion));
  for (const Fact& fact : record) {
    writer.put_varint(fact.index() + 1);
    std::visit([&](const auto& body) { visit_fields(writer, body); }, fact);
  }
}

Result<void> decode_facts(std::span<const std::byte> bytes,
                          const std::function<Result<void>(const Fact&)>& take) {
  ByteReader reader(bytes);
  const std::uint8_t version = reader.byte("version");
  if (reader.ok() && version != kRecordVersion)
    return Error{Errc::unsupported, "record version " + std::to_string(version) + "; this program reads version 1"};
  Fact fact;
  while (reader.ok() && !reader.at_end()) {
    const std::uint64_t type = reader.varint("fact type");
    if (reader.ok()) read_fact(type, reader, fact, std::make_index_sequence<std::variant_size_v<Fact>>{});
    if (!reader.ok()) break;
    if (auto taken = take(fact); !taken) return taken;
  }
  return reader.ok() ? Result<void>() : Result<void>(reader.take_error());
}

Result<Record> decode_record(std::span<const std::byte> bytes) {
  Record record;
  auto decoded = decode_facts(bytes, [&](const Fact& fact) -> Result<void> {
    record.push_back(fact);
    return {};
  });
  if (!decoded) return std::move(decoded).error();
  return record;
}

void write_json(const Fact& fact, JsonWriter& out) {
  out.begin_object();
  out.text("fact", kFactNames[fact.index()]);
  JsonFieldWriter writer(out);
  std::visit([&](const auto& body) { visit_fields(writer, body); }, fact);
  out.end_object();
}

}  // namespace s1mple
