// Records of the simulated exchange as bytes and as JSON. Grammar: orchestrator/state/FORMAT.md, "Records
// and state of paper".
//
// record := version:u8 (1) fact*; facts and values are written as orchestrator/domain/fact_codec.h lays
// down, with the type numbers of PaperFact. Decoding is strict: unknown types or enum values, texts over
// the limit, or bytes left over are errors. Thread: pure functions.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "common/base/json.h"
#include "orchestrator/venue/paper/paper_fact.h"

namespace s1mple {

void encode(const PaperRecord& record, std::string& out);   // appends
[[nodiscard]] Result<PaperRecord> decode_paper_record(std::span<const std::byte> bytes);
// One fact after the other, until `take` or the record fails; without a list of them, for recovery.
[[nodiscard]] Result<void> decode_paper_facts(std::span<const std::byte> bytes,
                                              const std::function<Result<void>(const PaperFact&)>& take);
void write_json(const PaperFact& fact, JsonWriter& out);    // {"fact":"traded","trade":7,...}

}  // namespace s1mple
