// What a dying process still says: the signal, where it was, and which build it is, written to a file of its own.
//
// install_last_words opens the file and sets handlers for SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT. A handler uses
// only memory prepared before and write(2), then lets the signal end the process as it would have: wait status and
// core are the same as without. Addresses are raw; those of the program itself are offsets, so that addr2line can name
// them from the file with the same build id.
// Format, one item a line: `build HEX`, then `exit CODE` or `signal N code C address 0xA`, `at 0xOFFSET`, and
// `frame 0xOFFSET` from the innermost outwards (`frame lib 0xADDRESS` outside of the program).
// Thread: install and note_exit on the main thread; a handler on whichever was hit. Errors: of opening the file.
// Source: backtrace(3) may allocate when it first loads its unwinder, so install calls it once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace s1mple {

// Its name in <home>/crashes.
[[nodiscard]] std::string last_words_file(std::int64_t pid);
[[nodiscard]] bool is_last_words_file(std::string_view name);

[[nodiscard]] Result<void> install_last_words(const std::string& path);
// An ordered end: its exit code, for whoever cannot wait for this process.
void note_exit(int code);
// The build id of the running program as hex; empty when the linker made none.
[[nodiscard]] const std::string& build_id();

}  // namespace s1mple
