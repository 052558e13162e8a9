#!/bin/sh
# Installs the Debian 12 packages that building and testing needs, and only those that are missing.
# Uses sudo when not root. LLVM 22 is in the bookworm-security suite, which a stock Debian 12 has.
set -eu

packages="
  g++-12 cmake ninja-build ccache pkg-config python3
  llvm-22-dev clang-22 lld-22 liblld-22-dev libclang-rt-22-dev clang-format-22 clang-tidy-22
  zlib1g-dev libzstd-dev libxml2-dev
  libabsl-dev nlohmann-json3-dev libcli11-dev libboost-graph-dev libz3-dev
  protobuf-compiler libprotobuf-dev
  liblapacke-dev
  libgtest-dev libgmock-dev libbenchmark-dev
"

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=""
for package in $packages; do
  is_installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "error: need root or sudo to install:$missing" >&2
    exit 1
  fi
  as_root=sudo
fi

echo "Installing:$missing"
$as_root apt-get -o Acquire::Retries=3 update -qq
# $missing is a list of words.
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get -o Acquire::Retries=3 install -y -qq --no-install-recommends $missing </dev/null
