#!/bin/sh
# Runs clang-tidy with the checks of .clang-tidy on C++ files: those named, or else all but the
# tests. Each is checked as the `dev` preset compiles it, alone, whose options are GCC's: clang does
# not know all of them.
set -eu
cd "$(dirname "$0")/../.."

if [ $# -eq 0 ]; then
  # File names hold no spaces.
  # shellcheck disable=SC2046
  set -- $(find ir engine rules cost_models importers codegen tools -name '*.cc' | sort)
fi
cmake --preset dev >/dev/null
cmake --build --preset dev --target eqsat_schemas >/dev/null
printf '%s\n' "$@" | xargs -n 1 -P "$(nproc)" clang-tidy-22 -p build/dev --quiet \
  --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-deprecated-declarations
