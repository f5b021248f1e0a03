#!/usr/bin/env bash
# Shows that the kill tests and the scenarios would notice: builds programs that are broken on purpose, and sees the tests fail on each.
#
#   tests/e2e/broken_builds.sh [NAME...]     all, or those named below; it compiles, so it is no part of the suite
#   tests/e2e/broken_builds.sh --check       only sees that each change still finds what it changes (in the suite)
#
# Works on a copy of the sources in a temporary directory. A change that finds nothing to change is an error. The
# unbroken copy must pass first. Not among them: a snapshot renamed without a sync. A killed process loses nothing that
# it wrote, so only the tests that cut the power (the lying disk of tests/unit/orchestrator_state) can see that one.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/s1mple-broken-XXXXXX")
trap 'rm -rf "$work"' EXIT
copy=$work/copy sources=$work/sources log=$work/log
export CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1
export S1MPLE_BIN=$copy/build/dev/bin S1MPLE_KILL_AT=$copy/build/dev/tests/libkill_at.so
export S1MPLE_PATIENCE=${S1MPLE_PATIENCE:-20}     # seconds until a step of a run that hangs has failed
export S1MPLE_KILL_STEP=${S1MPLE_KILL_STEP:-1}

# change FILE OLD NEW: once, exactly as written.
change() {
  echo "$1" >>"$work/changed"
  python3 - "$copy/$1" "$2" "$3" <<'PY'
import sys
path, old, new = sys.argv[1:]
text = open(path, encoding="utf-8").read()
if text.count(old) != 1:
    sys.exit(f"{path}: found {text.count(old)} times, not once: {old}")
open(path, "w", encoding="utf-8").write(text.replace(old, new))
PY
}

send_before_intent() {   # P2: the order leaves when its intent is written, not when that is durable
  change orchestrator/environment/runtime.cc 'step.without_barrier || failed_)' \
    'step.without_barrier || failed_ || std::holds_alternative<SendOrder>(action))'
}
intent_not_recorded() {  # P2: the engine knows the order, the log does not
  change orchestrator/environment/runtime.cc '  encoded_.clear();' \
    '  std::erase_if(facts, [](const Fact& fact) { return std::holds_alternative<OrderIntended>(fact); });
  encoded_.clear();'
}
fills_counted_twice() {  # P5: neither the handler nor the books ask whether a fill was counted
  change orchestrator/execution/recorder.cc '  if (books_.is_counted(id)) return true;' '  return false;'
  change orchestrator/domain/books.cc 'if (!counted_.emplace(fill.execution_id, fills_gone_ + fills_.size()).second)' \
    'if (counted_.emplace(fill.execution_id, fills_gone_ + fills_.size()); false)'
}
halt_forgotten() {       # P7: a start begins without the halts of the run before, and does not hear the supervisor's
  change orchestrator/engine/engine_start.cc 'void EngineParts::take_halts() {' 'void EngineParts::take_halts() {
  const auto before = books.reasons();
  for (const Reason& r : before)
    if (r.source == ReasonSource::operator_halt) recorder.record(ReasonCleared{r.source, r.code, "forgotten", now});
  info.halted_by_supervisor = false;'
}
no_reconciliation() {    # P6: what the exchange shows at a start is not taken over
  change orchestrator/execution/reconciliation.cc '  merge_fills(sorted);
  merge_orders(sorted);' ''
}
epoch_repeated() {       # P10: a start takes the epoch of the run before
  change orchestrator/state/recovery_repair.cc \
    'report.epoch = std::max(report.found_epoch, settings.mirror_epoch) + 1;' \
    'report.epoch = std::max<std::uint64_t>({report.found_epoch, settings.mirror_epoch, 1});'
}

resent_after_timeout() { # P4: no answer in time is taken for "no"
  change orchestrator/execution/execution_requests.cc 'doubt(order, "no answer in time");' 'send_again(order);'
}
open_orders_alone() {    # S04: what closed and what was traded is not asked for
  change orchestrator/execution/venue_reads.cc '  switch (asked_->kind) {
    case QueryKind::open_orders: return append' '  if (asked_->kind != QueryKind::balances && asked_->kind != QueryKind::open_orders) {
    answer.orders.clear();
    answer.trades.clear();
  }
  switch (asked_->kind) {
    case QueryKind::open_orders: return append'
}
fills_by_order() {       # P5: an order that was filled before cannot be filled again
  change orchestrator/execution/execution_evidence.cc '  touched_.insert(order->intent.client_id);
  if (contradicts(*order, reported.symbol, reported.side, "fill "' '  if (order->filled.is_positive()) return true;
  touched_.insert(order->intent.client_id);
  if (contradicts(*order, reported.symbol, reported.side, "fill "'
}
error_is_not_found() {   # P4: a question that failed found nothing
  change orchestrator/execution/venue_reads.cc '  if (!answer.answered) return fail(std::string(to_text(asked_->kind)) + ": " + answer.reason);
' ''
}
effect_before_mark() {   # S29: the facts of one step are records of their own
  change orchestrator/environment/runtime.cc 'if (encoded_.size() <= parts_.storage.max_record_bytes() || facts.size() == 1) {
    parts_.storage.submit(std::as_bytes(std::span(encoded_)));' 'if (facts.size() == 1) {
    parts_.storage.submit(std::as_bytes(std::span(encoded_)));
    parts_.storage.flush();'
}
unowned_is_sold() {      # nobody looks whether a strategy has what it sells
  change orchestrator/engine/risk_limits.cc 'if (request.side == Side::buy || reduces(request, view)) return std::nullopt;' \
    'if (request.side == Side::buy || !request.symbol.empty()) return std::nullopt;'
}

copy_sources() {   # once more beside it: what is worked on meanwhile does not get in
  mkdir -p "$sources"
  git -C "$source_dir" ls-files -z --cached --others --exclude-standard |
    tar -C "$source_dir" --null --verbatim-files-from -T - -cf - | tar -C "$sources" -xf -
  cp -a "$sources" "$copy"
}
restore() {   # what was changed, with a new time, so that it is built again
  local file
  while read -r file; do cat "$sources/$file" >"$copy/$file"; done <"$work/changed"
  : >"$work/changed"
}
build() {
  (cd "$copy" && cmake --preset dev >"$log" 2>&1 &&
    cmake --build --preset dev -j "$(nproc)" --target supervisor orchestrator kill_at tests_scenario >>"$log" 2>&1) ||
    { tail -40 "$log" >&2; echo "$1 does not build" >&2; exit 1; }
}
# The tests one after the other, the quick ones first, until one fails; says which.
noticed_by() {
  local test
  for test in orders evidence operation; do
    if ! "$copy/build/dev/tests/scenario_${test}_test" --abort >"$log" 2>&1; then echo "scenario_${test}_test"; return; fi
  done
  for test in kill_points_test supervisor_kill_points_test orchestrator_link_test random_kills_test; do
    if ! (cd "$copy/tests/e2e" && python3 -B "$test.py") >"$log" 2>&1; then echo "$test"; return; fi
  done
}

check=0
if [ "${1:-}" = --check ]; then check=1; shift; fi
names=("$@")
[ "${#names[@]}" -gt 0 ] ||
  names=(send_before_intent intent_not_recorded fills_counted_twice halt_forgotten no_reconciliation epoch_repeated
    resent_after_timeout open_orders_alone fills_by_order error_is_not_found effect_before_mark unowned_is_sold)
: >"$work/changed"
copy_sources
if [ "$check" -eq 1 ]; then
  for name in "${names[@]}"; do "$name"; restore; done
  echo "${#names[@]} changes apply"
  exit
fi
build "the unbroken copy"
if [ -z "${S1MPLE_SKIP_UNBROKEN:-}" ]; then
  by=$(noticed_by)
  [ -z "$by" ] || { tail -30 "$log" >&2; echo "the unbroken copy fails $by" >&2; exit 1; }
  echo "unbroken: passes"
fi
missed=0
for name in "${names[@]}"; do
  restore
  "$name"
  build "$name"
  by=$(noticed_by)
  if [ -n "$by" ]; then
    printf '%s: noticed by %s: %s\n' "$name" "$by" "$(grep -E '^[A-Za-z.]*(Error|Exception)|^  S[0-9]+ ' "$log" | tail -1 | cut -c1-200)"
  else
    echo "$name: NOT NOTICED"
    missed=1
  fi
done
exit "$missed"
