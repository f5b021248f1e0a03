#include "common/contract/exit_code.h"

#include "tests/support/catch.h"

namespace s1mple {

TEST_CASE("exit codes: the numbers are the promised ones") {
  struct Row {
    ExitCode code;
    int number;
    bool restart_helps;
  };
  const auto row = GENERATE(values<Row>({{ExitCode::done, 0, true},
                                         {ExitCode::command_refused, 1, true},
                                         {ExitCode::usage, 64, false},
                                         {ExitCode::state_damaged, 65, false},
                                         {ExitCode::store_failed, 66, true},
                                         {ExitCode::venue_refused, 67, false},
                                         {ExitCode::lock_held, 68, true},
                                         {ExitCode::unavailable, 69, true},
                                         {ExitCode::internal, 70, true},
                                         {ExitCode::handed_over, 71, true}}));
  CAPTURE(row.number);
  CHECK(to_int(row.code) == row.number);
  CHECK(exit_code_of(row.number) == row.code);
  CHECK(restart_may_help(row.code) == row.restart_helps);
}

TEST_CASE("exit codes: an unlisted code is unknown") {
  for (const int code : {-1, 2, 63, 72, 127, 255}) CHECK_FALSE(exit_code_of(code));
}

}  // namespace s1mple
