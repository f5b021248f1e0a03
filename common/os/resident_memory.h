// Gives memory back that only a start needed, for a program that then sleeps for months.
//
// The heap's free pages go to the system, and the program's own code and constants are unmapped page by page:
// they are clean and stay in the page cache, so what runs again comes back with a minor fault. Nothing that
// was ever written to is touched. Costs tens of microseconds. Thread: any. Errors: none; what cannot be given
// back stays.
#pragma once

namespace s1mple {

void give_back_memory();

}  // namespace s1mple
