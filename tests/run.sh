#!/usr/bin/env bash
# Builds everything and runs the tests; ctest's summary comes last.
#
#   tests/run.sh          unit, tidy, scenario and end-to-end tests, in under 10 minutes on two cores
#   tests/run.sh --all    the same, and the release build of both programs: what CI runs
#   tests/run.sh --deep   and sanitizers, lint, systemd, fuzz, benchmarks' smoke and the package
#
# Each tree (build/dev, asan, tsan, release) is a CMake preset. With --deep, build/all joins the trees, so that one
# ctest runs the tests of all of them and one summary speaks for all.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

usage() {
  cat <<'TXT'
usage: tests/run.sh [--all | --deep] [--no-install]
  --all          also builds the release of both programs
  --deep         also sanitizers, lint, systemd, fuzz, benchmarks' smoke, package; warnings are errors
  --no-install   install no packages; say which are missing, and end
TXT
}

all=0 deep=0 install=install
for argument in "$@"; do
  case "$argument" in
    --all) all=1 ;;
    --deep) deep=1 ;;
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
  ctest --test-dir "$1" -L "$2" -j "$(nproc)" --output-on-failure --no-tests=error </dev/null
}

if [ "$deep" -eq 1 ]; then ensure_packages "$install" build test all; else ensure_packages "$install" build test; fi
jobs=$(compile_jobs)
mkdir -p build

if [ "$deep" -eq 0 ]; then
  [ "$all" -eq 0 ] || build release supervisor orchestrator -- -DBUILD_TESTING=ON
  build dev -- -DBUILD_TESTING=ON -DS1MPLE_LINT=OFF
  run_tests build/dev 'unit|tidy|scenario|e2e'
  exit
fi

strict=(-DBUILD_TESTING=ON -DS1MPLE_WERROR=ON)
build dev -- -DBUILD_TESTING=ON -DS1MPLE_LINT=ON
build asan tests_unit tests_scenario tests_fuzz -- "${strict[@]}"
build tsan tests_unit tests_scenario -- "${strict[@]}"
build release supervisor orchestrator tests_bench -- -DBUILD_TESTING=ON

mkdir -p build/all
for preset in dev asan tsan release; do echo "subdirs(\"$PWD/build/$preset\")"; done >build/all/CTestTestfile.cmake
run_tests build/all .    # every test that has a label: those of targets that were not built have none
