#!/bin/bash
# Fuzzes every reader, or those named, as many at a time as there are cores, for SECONDS or for N
# inputs each:
#
#   tests/fuzz/run.sh --seconds=SECONDS [READER...]
#   tests/fuzz/run.sh --inputs=N [READER...]
#
# Needs a build of the `asan` preset. Each begins with what is kept, past findings and the
# material made from examples, and explores from a fixed seed (SEED, else 1). With --seconds it goes
# on from what earlier runs left in build/asan/fuzz/corpus/READER. With --inputs it starts afresh without
# address randomization, so that two runs of one build try the same inputs, or nearly. An input
# that breaks a promise, takes 20 seconds or 2 GiB fails the run, which ends with the command that
# reproduces it. JOBS sets how many run at a time.
set -euo pipefail
cd "$(dirname "$0")/../.."

case "${1:-}" in
  --seconds=*) limit=-max_total_time=${1#*=} fresh='' ;;
  --inputs=*) limit=-runs=${1#*=} fresh=1 ;;
  *)
    echo "run.sh: --seconds=SECONDS or --inputs=N comes first" >&2
    exit 2
    ;;
esac
shift
programs=build/asan/tests/fuzz
material=build/asan/fuzz/material
mkdir -p build/asan/fuzz/findings
"$programs/fuzz_material" "$material"
if [ $# -eq 0 ]; then
  # shellcheck disable=SC2046  # names hold no spaces
  set -- $(sed -n 's/^set(FUZZED_READERS \(.*\))/\1/p' tests/fuzz/CMakeLists.txt)
fi

fuzz() {
  local reader=$1 corpus=build/asan/fuzz/corpus/$1 log=build/asan/fuzz/$1.log
  local -a kept=("$material/$reader")
  local -a run=("$programs/fuzz_$reader")
  if [ -n "$fresh" ]; then
    corpus=$(mktemp -d)
    trap 'rm -rf "$corpus"' RETURN
    if setarch -R true 2>/dev/null; then run=(setarch -R "${run[@]}"); fi
  fi
  mkdir -p "$corpus"
  if [ -d "tests/fuzz/findings/$reader" ]; then kept+=("tests/fuzz/findings/$reader"); fi
  if "${run[@]}" "$corpus" "${kept[@]}" -dict="$material/$reader.dict" \
    "$limit" -seed="${SEED:-1}" -max_len=12000 -timeout=20 -rss_limit_mb=2048 \
    -reload=0 -print_final_stats=1 -artifact_prefix="build/asan/fuzz/findings/$reader-" >"$log" 2>&1; then
    echo "$reader: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, no finding"
  else
    tell "$reader" "$log" >&2
    return 1
  fi
}

# What a fuzzer found, from its log.
tell() {
  local reader=$1 log=$2 input
  grep -aE '^(INTERNAL|==|SUMMARY|.*runtime error)' "$log" | tail -n 20
  input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
  if [ -z "$input" ]; then
    echo "$reader: failed without an input, see $log"
    return
  fi
  echo "$reader: a finding. To reproduce it:"
  if [ "$(stat -c %s "$input")" -le 4000 ]; then
    echo "  echo $(base64 -w 0 "$input") | base64 -d >$input"
  fi
  echo "  $programs/fuzz_$reader $input"
}
export -f fuzz tell
export programs material limit fresh

printf '%s\n' "$@" | xargs -n 1 -P "${JOBS:-$(nproc)}" bash -c 'fuzz "$1"' _
