#!/usr/bin/env bash
# From a clone to strategies that trade on paper, in one command.
#
# Installs what the build needs, builds both programs, starts the supervisor and shows its live screen. The supervisor
# goes on without the screen; with --seconds it is stopped again, cleanly, and a summary is printed.
set -euo pipefail
caller=$PWD
cd "$(dirname "$0")/.."
. deploy/packages.sh

usage() {
  cat <<'TXT'
usage: deploy/quickstart.sh [--home D] [--seconds N] [--config F] [--no-install]
  --home D       where books and logs are kept (default: ~/.local/state/s1mpletrader)
  --seconds N    run for N seconds without a screen, stop, print a summary
  --config F     the configuration (default: deploy/paper.toml)
  --no-install   install no packages; say which are missing, and end
TXT
}

fail() { echo "quickstart: $2" >&2; exit "$1"; }

home=${HOME:-/root}/.local/state/s1mpletrader seconds='' config=$PWD/deploy/paper.toml install=install
while [ "$#" -gt 0 ]; do
  case "$1" in
    --home|--seconds|--config)
      [ "$#" -ge 2 ] || fail 64 "$1 needs a value"
      case "$1" in --home) home=$2 ;; --seconds) seconds=$2 ;; --config) config=$2 ;; esac
      shift ;;
    --no-install) install=no-install ;;
    -h|--help) usage; exit 0 ;;
    *) usage >&2; fail 64 "unknown argument $1" ;;
  esac
  shift
done
case "$seconds" in *[!0-9]*|0) fail 64 "--seconds $seconds: a whole number of seconds, at least 1" ;; esac
case "$home" in /*) ;; *) home=$caller/$home ;; esac
case "$config" in /*) ;; *) config=$caller/$config ;; esac

supervisor=build/release/bin/supervisor
client() { "$supervisor" "$@" --home "$home"; }
runs() { client status --json >/dev/null 2>&1; }

build_programs() {
  ensure_packages "$install" build
  mkdir -p build
  echo "Building both programs ($(compile_jobs) compile jobs) ..."
  cmake --preset release -DBUILD_TESTING=OFF >build/release.configure.log 2>&1 </dev/null ||
    { cat build/release.configure.log >&2; return 1; }
  cmake --build --preset release -j "$(compile_jobs)" --target supervisor orchestrator </dev/null
}

# The supervisor gets a session of its own, so that neither Ctrl-C nor the end of this terminal reaches it.
start_supervisor() {
  local log=$home/logs/start.log
  mkdir -p -m 0700 "$home" "$home/logs"
  setsid "$supervisor" run --config "$config" --home "$home" </dev/null >"$log" 2>&1 &
  started=$!
  local tries=0
  until runs; do
    if ! kill -0 "$started" 2>/dev/null; then
      local code=0
      wait "$started" || code=$?
      cat "$log" >&2
      fail "$code" "the supervisor did not start (exit $code)"
    fi
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || fail 69 "the supervisor does not answer; see $log"
    sleep 0.1
  done
}

stop_supervisor() {
  trap '' INT TERM
  printf '\n=== What it looks like now\n'
  client status || true
  printf '\n=== Last fills\n'
  client fills --limit 10 || true
  printf '\n=== Stopping\n'
  local code=0
  client shutdown || true
  wait "$started" || code=$?
  if [ "$code" -ne 0 ]; then fail "$code" "the supervisor ended with $code; see $home/logs"; fi
  echo "Stopped cleanly. The books are in $home; the next start goes on from there."
}

run_for_a_while() {
  trap 'stop_supervisor; exit 0' INT TERM
  local end=$((SECONDS + seconds))
  while [ "$SECONDS" -lt "$end" ]; do
    client status --watch | head -n 1 || true
    sleep 2 &
    wait $! || true
  done
  stop_supervisor
}

build_programs
if runs; then
  echo "A supervisor already runs on $home; this only looks at it."
  if [ -n "$seconds" ]; then client status; else client status --watch; fi
  exit 0
fi
start_supervisor
echo "Trading on paper; books and logs are in $home"
if [ -n "$seconds" ]; then run_for_a_while; exit 0; fi

client status --watch || true
cat <<TXT

The supervisor goes on trading on paper without the screen.
  screen again    $supervisor status --watch --home $home
  stop            $supervisor shutdown --home $home
TXT
