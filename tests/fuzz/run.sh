#!/bin/bash
# Fuzzes every reader, or those named, for SECONDS each, as many at a time as there are cores:
#
#   tests/fuzz/run.sh SECONDS [READER...]
#
# Needs the `fuzz` preset's target `fuzzers`. What is learned stays in build/fuzz/corpus/READER; an
# input that breaks a promise, takes 10 seconds or 2 GiB is left in build/fuzz/findings and fails
# the run. JOBS sets how many run at a time.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=$1
shift
programs=build/fuzz/tests/fuzz
material=build/fuzz/material
mkdir -p build/fuzz/findings
"$programs/fuzz_material" "$material"
if [ $# -eq 0 ]; then
  set -- $(sed -n 's/^set(FUZZED_READERS \(.*\))/\1/p' tests/fuzz/CMakeLists.txt)
fi

fuzz() {
  local reader=$1 corpus=build/fuzz/corpus/$1 log=build/fuzz/$1.log
  mkdir -p "$corpus"
  if "$programs/fuzz_$reader" "$corpus" "$material/$reader" -dict="$material/$reader.dict" \
    -max_total_time="$seconds" -max_len=12000 -timeout=10 -rss_limit_mb=2048 -reload=0 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/findings/$reader-" >"$log" 2>&1; then
    echo "$reader: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, no finding"
  else
    grep -aE '^(INTERNAL|==|SUMMARY|Test unit|.*runtime error)' "$log" | tail -n 20 >&2
    echo "$reader: a finding, see $log" >&2
    return 1
  fi
}
export -f fuzz
export programs material seconds

printf '%s\n' "$@" | xargs -n 1 -P "${JOBS:-$(nproc)}" bash -c 'fuzz "$1"' _
