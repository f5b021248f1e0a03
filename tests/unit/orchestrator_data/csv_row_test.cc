#include "orchestrator/data/csv_row.h"

#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::literals;

TEST_CASE("csv row: good lines are read exactly") {
  struct Row {
    const char* line;
    std::int64_t nanos;
    const char *price, *volume;
  };
  const auto row = GENERATE(values<Row>({
      {"1672531436,90.540000,1.10448420", 1'672'531'436'000'000'000, "90.54", "1.1044842"},
      {"0,1,1", 0, "1", "1"},
      {"1672531436.5,0.00000001,12", 1'672'531'436'500'000'000, "0.00000001", "12"},
      {"1672531436.123456789,1,1", 1'672'531'436'123'456'789, "1", "1"},
      {"1672531436.0001,1,1", 1'672'531'436'000'100'000, "1", "1"},
      {"8999999999,1e-08,2.5E+3", 8'999'999'999'000'000'000, "0.00000001", "2500"},
      {"1,0.123456789012345678,123456789012345678", 1'000'000'000, "0.123456789012345678",
       "123456789012345678"},
      {"1,1234567890.1234567890,1", 1'000'000'000, "1234567890.123456789", "1"},
  }));
  CAPTURE(row.line);
  CsvRow read;
  CHECK(read_csv_row(row.line, read) == "");
  CHECK(to_unix_nanos(read.time) == row.nanos);
  CHECK(read.price.text() == row.price);
  CHECK(read.volume.text() == row.volume);
}

TEST_CASE("csv row: what is not exactly the format is refused in words") {
  struct Row {
    const char *line, *why;
  };
  const auto row = GENERATE(values<Row>({
      {"", "three fields"},
      {"1672531436", "three fields"},
      {"1672531436,90.54", "three fields"},
      {"1672531436,90.54,1,2", "no more than three"},
      {"time,price,volume", "no header"},
      {"-1,90.54,1", "first field"},
      {" 1,90.54,1", "first field"},
      {"1.,90.54,1", "first field"},
      {".5,90.54,1", "first field"},
      {"1.5.5,90.54,1", "first field"},
      {"1.1234567890,90.54,1", "first field"},
      {"9000000000,90.54,1", "first field"},
      {"99999999999999999999,90.54,1", "first field"},
      {"0x10,90.54,1", "first field"},
      {"1e9,90.54,1", "first field"},
      {",90.54,1", "first field"},
      {"1,,1", "second field"},
      {"1,0,1", "second field"},
      {"1,0.000,1", "second field"},
      {"1,-90.54,1", "second field"},
      {"1,+90.54,1", "second field"},
      {"1,90.,1", "second field"},
      {"1,.5,1", "second field"},
      {"1,090.5,1", "second field"},
      {"1,00,1", "second field"},
      {"1,9 0,1", "second field"},
      {"1,nan,1", "second field"},
      {"1,1.1.1,1", "second field"},
      {"1,1000000000000000000,1", "second field"},
      {"1,90.54,0", "third field"},
      {"1,90.54,", "third field"},
      {"1,90.54,1 ", "third field"},
      {"1,90.54,-1", "third field"},
      {"1,90.54,1\r", "third field"},
      {"1,90.54,0.0000000000000000001", "third field"},
  }));
  CAPTURE(row.line);
  CsvRow read;
  CHECK_THAT(std::string(read_csv_row(row.line, read)), contains(row.why));
}
