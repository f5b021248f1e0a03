// Reads a configuration file for a command, or says on standard error why it cannot be used, one refusal a line.
// Thread: main. Errors: nothing is returned; the command ends with 64.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/environment/configuration.h"

namespace s1mple {

[[nodiscard]] std::optional<Configuration> load_configuration(const std::string& path,
                                                               MarketFrom market = MarketFrom::configuration);

}  // namespace s1mple
