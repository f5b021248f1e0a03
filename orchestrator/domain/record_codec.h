// Records as bytes, for any variant of facts: the orchestrator's (fact_codec.h) and the simulated exchange's.
//
// record := version:u8 (1) fact*; fact := type:varint fields, type being the position in the variant, from 1. The
// grammar of the fields stands in fact_codec.h. Decoding is strict. Thread: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "orchestrator/domain/codec_visitor.h"

namespace s1mple {

inline constexpr std::uint8_t kRecordVersion = 1;

template <class AnyFact>
void encode_record(const std::vector<AnyFact>& record, std::string& out) {  // appends
  ByteWriter writer(out);
  out.push_back(static_cast<char>(kRecordVersion));
  for (const AnyFact& fact : record) {
    writer.put_varint(fact.index() + 1);
    std::visit([&](const auto& body) { visit_fields(writer, body); }, fact);
  }
}

template <class AnyFact, std::size_t... Index>
void read_fact(std::size_t type, ByteReader& reader, AnyFact& fact, std::index_sequence<Index...>) {
  const auto read = [&]<std::size_t Which>() {
    visit_fields(reader, fact.template emplace<Which>());
    return true;
  };
  const bool known = ((type == Index + 1 && read.template operator()<Index>()) || ...);
  if (!known) reader.fail("unknown fact type " + std::to_string(type));
}

// One fact after the other, until `take` or the record fails.
template <class AnyFact, class Take>
[[nodiscard]] Result<void> decode_each_fact(std::span<const std::byte> bytes, Take&& take) {
  ByteReader reader(bytes);
  const std::uint8_t version = reader.byte("version");
  if (reader.ok() && version != kRecordVersion)
    return Error{Errc::unsupported, "record version " + std::to_string(version) + "; this program reads version 1"};
  AnyFact fact;
  while (reader.ok() && !reader.at_end()) {
    const std::uint64_t type = reader.varint("fact type");
    if (reader.ok()) read_fact(type, reader, fact, std::make_index_sequence<std::variant_size_v<AnyFact>>{});
    if (!reader.ok()) break;
    if (Result<void> taken = take(fact); !taken) return taken;
  }
  return reader.ok() ? Result<void>() : Result<void>(reader.take_error());
}

template <class AnyFact>
[[nodiscard]] Result<std::vector<AnyFact>> decode_whole_record(std::span<const std::byte> bytes) {
  std::vector<AnyFact> record;
  auto decoded = decode_each_fact<AnyFact>(bytes, [&](const AnyFact& fact) -> Result<void> {
    record.push_back(fact);
    return {};
  });
  if (!decoded) return std::move(decoded).error();
  return record;
}

template <class AnyFact>
void write_fact_json(std::string_view name, const AnyFact& fact, JsonWriter& out) {
  out.begin_object();
  out.text("fact", name);
  JsonFieldWriter writer(out);
  std::visit([&](const auto& body) { visit_fields(writer, body); }, fact);
  out.end_object();
}

}  // namespace s1mple
