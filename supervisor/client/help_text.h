// The help of the client: all commands, or one with its parameters. Made from the table of commands.
//
// Thread: any; pure.
#pragma once

#include <string_view>

#include "supervisor/client/command_table.h"
#include "supervisor/client/styled.h"

namespace s1mple::client {

[[nodiscard]] Page help_page(std::string_view program);
[[nodiscard]] Page help_page(std::string_view program, const Command& command);

// "halt REASON [--scope SCOPE] [--wait]"
[[nodiscard]] std::string usage_of(const Command& command);

// For the line after a mistake: the names of all commands.
[[nodiscard]] std::string command_names();

}  // namespace s1mple::client
