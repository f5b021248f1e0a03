#include "orchestrator/venue/paper/paper_codec.h"

#include "orchestrator/domain/record_codec.h"

namespace s1mple {

void encode(const PaperRecord& record, std::string& out) { encode_record(record, out); }

Result<void> decode_paper_facts(std::span<const std::byte> bytes,
                                const std::function<Result<void>(const PaperFact&)>& take) {
  return decode_each_fact<PaperFact>(bytes, take);
}

Result<PaperRecord> decode_paper_record(std::span<const std::byte> bytes) {
  return decode_whole_record<PaperFact>(bytes);
}

void write_json(const PaperFact& fact, JsonWriter& out) {
  write_fact_json(kPaperFactNames[fact.index()], fact, out);
}

}  // namespace s1mple
