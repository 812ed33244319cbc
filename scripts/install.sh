#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/install.sh: builds and installs the program and the engine's library into PREFIX (default
# /usr/local), all of it below DESTDIR when that is given.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix="${PREFIX:-/usr/local}"
case "$prefix" in
/*) ;;
*)
    echo "install: PREFIX is \"$prefix\": give an absolute path" >&2
    exit 2
    ;;
esac
scripts/build.sh release squall squall_engine
DESTDIR="${DESTDIR:-}" cmake --install build/release --prefix "$prefix"
