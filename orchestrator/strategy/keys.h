// Keys that several strategies declare, with the checks that an instrument makes possible.
//
// Thread: pure functions. Errors: refused by the config reader, with file and line.
#pragma once

#include <string_view>

#include "orchestrator/domain/instrument.h"

namespace s1mple {

class ConfigFields;

// An order size: a multiple of the instrument's step and no less than its minimum. Null: not checked against
// one.
void declare_quantity(ConfigFields& fields, std::string_view key, Quantity& value,
                      const Instrument* instrument, std::string_view help);

}  // namespace s1mple
