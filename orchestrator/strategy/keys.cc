#include "orchestrator/strategy/keys.h"

#include "common/contract/config.h"

namespace s1mple {

using namespace literals;

void declare_quantity(ConfigFields& fields, std::string_view key, Quantity& value,
                      const Instrument* instrument, std::string_view help) {
  fields.amount(key, value.value, "0.0000000001"_dec, "1000000000000"_dec, help);
  if (instrument == nullptr) return;
  if (!value.value.is_multiple_of(instrument->quantity_step.value))
    fields.refuse(key, "must be a multiple of " + instrument->symbol.text() + "'s quantity step \"" +
                           instrument->quantity_step.text() + "\"");
  else if (value < instrument->quantity_min)
    fields.refuse(key, "must be at least " + instrument->symbol.text() + "'s smallest order \"" +
                           instrument->quantity_min.text() + "\"");
}

}  // namespace s1mple
