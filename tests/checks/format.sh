#!/bin/sh
# Checks that every C++ file is as clang-format would write it. With --fix, makes it so.
set -eu
cd "$(dirname "$0")/../.."

mode="--dry-run --Werror"
[ "${1:-}" != --fix ] || mode="-i"

# $mode is a list of words.
# shellcheck disable=SC2086
find . \( -name build -o -name .git \) -prune -o \( -name '*.h' -o -name '*.cc' \) -print0 |
  xargs -0 -r clang-format-22 $mode
