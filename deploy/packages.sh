#!/usr/bin/env bash
# The Debian packages of this project, listed once, and what the scripts do with them.
#
# Run, it prints a list:           apt-get install $(bash deploy/packages.sh build)
# Sourced, it gives functions:     ensure_packages GROUP... (installs what is missing), compile_jobs
# Groups: build (both programs), test (tests/run.sh), all (what tests/run.sh --all adds), peers (only for the figures
# of other stores and supervisors in the benchmarks; they leave out what is not there).

packages_of() {
  case "$1" in
    build) echo g++ cmake ninja-build pkg-config libuv1-dev libfmt-dev rapidjson-dev libtomlplusplus-dev libcli11-dev ;;
    test)  echo catch2 curl python3 strace ;;
    all)   echo ccache clang libclang-rt-14-dev clang-tidy dpkg-dev file systemd systemd-container procps ;;
    peers) echo libsqlite3-dev liblmdb-dev libleveldb-dev librocksdb-dev runit s6 supervisor ;;
    *)     echo "packages.sh: no group $1 (build, test, all, peers)" >&2; return 64 ;;
  esac
}

missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# ensure_packages install|no-install GROUP...
# Root installs; others through sudo where it is; otherwise it says what is missing and how to get it.
ensure_packages() {
  local how=$1 group wanted=() missing; shift
  for group in "$@"; do
    # shellcheck disable=SC2207
    wanted+=($(packages_of "$group")) || return
  done
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "This is no Debian; needed are: ${wanted[*]} (Debian's names)." >&2
    return 0
  fi
  # shellcheck disable=SC2207
  missing=($(missing_packages "${wanted[@]}"))
  [ "${#missing[@]}" -eq 0 ] && return 0

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
    [ -t 0 ] || as_root+=(-n)       # nobody is there to type a password
  fi
  if [ "$how" = no-install ] || { [ "${#as_root[@]}" -gt 0 ] && ! command -v sudo >/dev/null; }; then
    printf 'Missing packages: %s\nInstall them as root:  apt-get update && apt-get install -y --no-install-recommends %s\n' \
      "${missing[*]}" "${missing[*]}" >&2
    return 1
  fi
  echo "Installing: ${missing[*]}"
  { "${as_root[@]}" apt-get -qq update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}"; } \
    </dev/null >&2 || { echo "apt-get could not install: ${missing[*]}" >&2; return 1; }
}

# One job per 1.5 GiB of memory that is available (also to this container), at most one a processor, at least one.
compile_jobs() {
  local kib limit used jobs processors
  kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [ "$limit" != max ]; then
    used=$(cat /sys/fs/cgroup/memory.current 2>/dev/null || echo 0)
    limit=$(( (limit - used) / 1024 ))
    [ "$limit" -lt "$kib" ] && kib=$limit
  fi
  jobs=$(( kib / (1536 * 1024) ))
  processors=$(nproc)
  [ "$jobs" -gt "$processors" ] && jobs=$processors
  [ "$jobs" -lt 1 ] && jobs=1
  echo "$jobs"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  [ "$#" -gt 0 ] || set -- build
  for group in "$@"; do packages_of "$group" || exit; done
fi
