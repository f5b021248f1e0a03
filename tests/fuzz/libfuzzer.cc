// The readers of targets.h under libFuzzer, which follows the branches that an input takes (tests/fuzz/run.sh).
//
//   S1MPLE_FUZZ_TARGET=json fuzz_one [libFuzzer's options] CORPUS
//   S1MPLE_FUZZ_SEEDS=DIR fuzz_one                          writes each target's seeds into DIR/<target>/, and ends
// The promise is that of targets.h: no input crashes a reader, and a normal form reads as itself.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fuzz/targets.h"

namespace {

using s1mple::fuzz::Target;

void write_seeds(const std::filesystem::path& directory) {
  for (const Target& target : s1mple::fuzz::targets()) {
    const auto corpus = directory / target.name;
    std::filesystem::create_directories(corpus);
    for (std::size_t i = 0; i < target.seeds.size(); ++i)
      std::ofstream(corpus / ("seed-" + std::to_string(i)), std::ios::binary) << target.seeds[i];
  }
}

const Target& wanted() {
  const char* name = std::getenv("S1MPLE_FUZZ_TARGET");
  for (const Target& target : s1mple::fuzz::targets())
    if (name != nullptr && target.name == name) return target;
  std::fprintf(stderr, "fuzz_one: S1MPLE_FUZZ_TARGET names no target\n");
  std::exit(64);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* seeds = std::getenv("S1MPLE_FUZZ_SEEDS");
  if (seeds == nullptr) return 0;
  write_seeds(seeds);
  std::exit(0);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Target& target = wanted();
  const auto once = target.normal_form({reinterpret_cast<const char*>(data), size});
  if (!once || target.normal_form(*once) == once) return 0;
  std::fprintf(stderr, "the normal form does not read as itself: %s\n", once->c_str());
  std::abort();
}
