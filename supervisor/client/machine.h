// What the client asks of the machine around it: environment, terminal, owners of files, output.
//
// Environment variables are read here and nowhere else, once. Thread: one (the client's only one).
#pragma once

#include <string>
#include <string_view>

#include "supervisor/client/socket_search.h"
#include "supervisor/client/styled.h"

namespace s1mple::client {

struct Machine {
  Environment environment;
  Look look;                       // of standard output
  bool output_is_terminal = false;
};

[[nodiscard]] Machine this_machine();

// UTF-8 in the locale's name ($LC_ALL before $LC_CTYPE before $LANG), on a terminal whose font can draw it.
[[nodiscard]] bool speaks_utf8(std::string_view lc_all, std::string_view lc_ctype, std::string_view lang,
                               std::string_view term);

// Names of user and group of the path, or of the nearest directory above it that can be seen.
void fill_owners(Attempt& attempt);

// All of it to standard output, or false: nobody reads any more.
[[nodiscard]] bool write_out(std::string_view text);
void write_error(std::string_view text);  // neutral text of one or more lines; a line end is added

}  // namespace s1mple::client
