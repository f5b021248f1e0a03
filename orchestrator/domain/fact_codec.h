// Facts as bytes and as JSON. The grammar stands in orchestrator/state/FORMAT.md ("Records of the orchestrator").
//
// record  := version:u8 (1) fact*          one step of the engine, in order
// fact    := type:varint fields            type: position in Fact, from 1; fields in declared order
// text    := length:varint bytes           varint: LEB128, unsigned      time: zigzag varint of unix nanoseconds
// decimal := scale:u8 zigzag varint        value = coefficient / 10^scale, coefficient without trailing zeros
// bool, enum := u8                         optional := u8 (0 or 1) [value]       list := count:varint item*
// Decoding is strict: unknown types or enum values, text over kMaxDurableText, or bytes left over are errors.
// Thread: pure functions.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/domain/codec_visitor.h"
#include "orchestrator/domain/fact.h"

namespace s1mple {

using Record = std::vector<Fact>;

void encode(const Record& record, std::string& out);   // appends
[[nodiscard]] Result<Record> decode_record(std::span<const std::byte> bytes);
// One fact after the other, until `take` or the record fails; without a list of them, for recovery.
[[nodiscard]] Result<void> decode_facts(std::span<const std::byte> bytes,
                                        const std::function<Result<void>(const Fact&)>& take);
void write_json(const Fact& fact, JsonWriter& out);    // {"fact":"order_sent","client_id":...}

}  // namespace s1mple
