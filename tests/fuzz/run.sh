#!/usr/bin/env bash
# Fuzzes every reader of bytes from outside with libFuzzer (clang), under the address and undefined sanitizers.
#
#   tests/fuzz/run.sh [SECONDS]     in all, shared by the targets, two at a time; 600 when not told
#
# Needs clang (packages: deploy/packages.sh all). Ends with 1 and the input's path when a reader fails; what was found to
# be worth keeping stays in build/fuzz/corpus and is begun with the next time.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-600}
command -v clang++ >/dev/null || { echo "tests/fuzz/run.sh: clang++ is not installed" >&2; exit 77; }

mkdir -p build/fuzz
cmake --preset fuzz >build/fuzz.configure.log 2>&1 || { cat build/fuzz.configure.log >&2; exit 1; }
cmake --build --preset fuzz --target fuzz_one >build/fuzz.build.log 2>&1 || { tail -50 build/fuzz.build.log >&2; exit 1; }

cd build/fuzz
S1MPLE_FUZZ_SEEDS=corpus bin/fuzz_one
targets=(corpus/*)
each=$(( (2 * seconds + ${#targets[@]} - 1) / ${#targets[@]} ))
fuzz_one() {
  local name=${1#corpus/}
  if S1MPLE_FUZZ_TARGET=$name bin/fuzz_one -max_total_time="$2" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
      -artifact_prefix="found-$name-" -print_final_stats=1 "$1" >"$name.log" 2>&1; then
    printf '%-18s %s inputs, no finding\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$name.log")"
  else
    tail -40 "$name.log"
    echo "$name: FAILED; the input: build/fuzz/$(sed -n 's/.*Test unit written to //p' "$name.log" | tail -1)"
    return 1
  fi
}
export -f fuzz_one
printf '%s\n' "${targets[@]}" | xargs -P 2 -I{} bash -c 'fuzz_one "$1" "$2"' _ {} "$each"
