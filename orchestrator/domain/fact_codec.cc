#include "orchestrator/domain/fact_codec.h"

#include "orchestrator/domain/record_codec.h"

namespace s1mple {

void encode(const Record& record, std::string& out) { encode_record(record, out); }

Result<void> decode_facts(std::span<const std::byte> bytes,
                          const std::function<Result<void>(const Fact&)>& take) {
  return decode_each_fact<Fact>(bytes, take);
}

Result<Record> decode_record(std::span<const std::byte> bytes) { return decode_whole_record<Fact>(bytes); }

void write_json(const Fact& fact, JsonWriter& out) { write_fact_json(kFactNames[fact.index()], fact, out); }

}  // namespace s1mple
