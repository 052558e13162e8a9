#!/bin/sh
# Runs clang-tidy with the checks of .clang-tidy on C++ files: those named, or else all that the
# release build compiles. The build's options are GCC's, some of which clang does not know.
set -eu
cd "$(dirname "$0")/../.."

if [ $# -eq 0 ]; then
  # File names hold no spaces.
  # shellcheck disable=SC2046
  set -- $(find ir engine rules cost_models importers codegen tools -name '*.cc' | sort)
fi
printf '%s\n' "$@" | xargs -n 1 -P "$(nproc)" clang-tidy-22 -p build/release --quiet \
  --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-deprecated-declarations
