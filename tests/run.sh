#!/usr/bin/env bash
# Builds everything and runs the tests; ctest's summary comes last.
#
#   tests/run.sh          unit, tidy, scenario and end-to-end tests, in under 10 minutes on two cores
#   tests/run.sh --all    these, and sanitizers, lint, systemd, fuzz, package and benchmarks' smoke: what CI runs
#
# Each tree (build/check, asan, tsan, release) is a CMake preset. With --all, build/all joins the trees, so that one
# ctest runs the tests of all of them and one summary speaks for all.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

usage() {
  cat <<'TXT'
usage: tests/run.sh [--all] [--no-install]
  --all          also sanitizers, lint, systemd, fuzz, package, benchmarks' smoke; warnings are errors
  --no-install   install no packages; say which are missing, and end
TXT
}

all=0 install=install
for argument in "$@"; do
  case "$argument" in
    --all) all=1 ;;
    --no-install) install=no-install ;;
    -h|--help) usage; exit 0 ;;
    *) echo "tests/run.sh: unknown argument $argument" >&2; usage >&2; exit 64 ;;
  esac
done

step() { printf '\n=== %s (%d s)\n' "$*" "$SECONDS"; }

# build PRESET [TARGETS...] [-- CMAKE OPTIONS...]
build() {
  local preset=$1 targets=() options=(); shift
  while [ "$#" -gt 0 ] && [ "$1" != -- ]; do targets+=(--target "$1"); shift; done
  [ "$#" -gt 0 ] && { shift; options=("$@"); }
  step "Building $preset"
  cmake --preset "$preset" "${options[@]}" >"build/$preset.configure.log" 2>&1 </dev/null ||
    { cat "build/$preset.configure.log" >&2; return 1; }
  cmake --build --preset "$preset" -j "$jobs" "${targets[@]}" </dev/null
}

# run_tests DIRECTORY LABELS
run_tests() {
  step "Tests"
  local failed=0
  # The limit is there for what hangs; a busy machine never reaches it.
  ctest --test-dir "$1" -L "$2" -j "$(nproc)" --timeout 900 --output-on-failure --no-tests=error </dev/null || failed=$?
  grep -h '^skipped: ' "$1/Testing/Temporary/LastTest.log" | sort -u || true   # why; ctest says only which
  return "$failed"
}

groups=(build test)
[ "$all" -eq 0 ] || groups+=(all)
ensure_packages "$install" "${groups[@]}"
jobs=$(compile_jobs)
mkdir -p build

if [ "$all" -eq 0 ]; then
  build check -- -DBUILD_TESTING=ON
  run_tests build/check 'unit|tidy|scenario|e2e'
  exit
fi

strict=(-DBUILD_TESTING=ON -DS1MPLE_WERROR=ON)
build check -- "${strict[@]}"
build asan tests_unit tests_fuzz -- "${strict[@]}"
build tsan tests_unit -- "${strict[@]}"
# One tree compiles each file by itself and reads no precompiled headers: there a missing include stops the build, and
# clang-tidy learns each file's command.
build release supervisor orchestrator tests_bench -- "${strict[@]}" -DS1MPLE_PRECOMPILED=OFF -DS1MPLE_LINT=ON

build fuzz fuzz_one -- -DBUILD_TESTING=ON   # with clang; its 30 seconds are one of the tests

mkdir -p build/all
for preset in check asan tsan release; do echo "subdirs(\"$PWD/build/$preset\")"; done >build/all/CTestTestfile.cmake
run_tests build/all .    # every test that has a label: those of targets that were not built have none
