#include "common/os/pipe_reader.h"

#include <string>
#include <thread>

#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

TEST_CASE("pipe reader: everything written arrives in bounded chunks, then the end, once") {
  Loop loop;
  auto pipe = make_pipe().value();
  std::string seen;
  std::size_t largest = 0;
  int ends = 0;
  const auto reader = PipeReader::open(loop, std::move(pipe.reading),
                                       {[&](std::string_view bytes) {
                                          seen += bytes;
                                          largest = std::max(largest, bytes.size());
                                        },
                                        [&] { ++ends; }})
                          .value();
  std::string sent;
  for (int i = 0; i < 30'000; ++i) sent += std::to_string(i);
  std::thread writer([&, fd = std::move(pipe.writing)] {
    for (std::size_t at = 0; at < sent.size();)
      at += static_cast<std::size_t>(::write(fd.get(), sent.data() + at, sent.size() - at));
  });
  run_until(loop, [&] { return ends > 0; });
  writer.join();
  settle(loop);
  CHECK(seen == sent);
  CHECK(largest <= PipeReader::kMaxChunk);
  CHECK(ends == 1);
}

TEST_CASE("pipe reader: reads a bounded amount in one pass") {
  Loop loop;
  auto pipe = make_pipe().value();
  std::size_t seen = 0, most_in_a_pass = 0, in_this_pass = 0;
  loop.at_pass_end([&] {
    most_in_a_pass = std::max(most_in_a_pass, in_this_pass);
    in_this_pass = 0;
  });
  bool ended = false;
  const auto reader =
      PipeReader::open(loop, std::move(pipe.reading),
                       {[&](std::string_view bytes) { seen += bytes.size(), in_this_pass += bytes.size(); },
                        [&] { ended = true; }})
          .value();
  const std::string flood(64 * 1024, 'x');
  std::thread writer([&, fd = std::move(pipe.writing)] {
    for (int i = 0; i < 16; ++i) {
      std::size_t at = 0;
      while (at < flood.size())
        at += static_cast<std::size_t>(::write(fd.get(), flood.data() + at, flood.size() - at));
    }
  });
  run_until(loop, [&] { return ended; });
  writer.join();
  CHECK(seen == 16 * flood.size());
  CHECK(most_in_a_pass <= PipeReader::kMaxChunk * PipeReader::kChunksPerPass);
}

TEST_CASE("pipe reader: may be destroyed by its own callbacks") {
  Loop loop;
  const bool in_bytes = GENERATE(true, false);
  auto pipe = make_pipe().value();
  std::unique_ptr<PipeReader> reader;
  reader = PipeReader::open(loop, std::move(pipe.reading),
                            {[&](std::string_view) {
                               if (in_bytes) reader.reset();
                             },
                             [&] { reader.reset(); }})
               .value();
  REQUIRE(::write(pipe.writing.get(), "x", 1) == 1);
  pipe.writing.reset();
  run_until(loop, [&] { return reader == nullptr; });
}
