#!/bin/bash
# SPDX-License-Identifier: MIT
# The same digests from gcc -O0, gcc -O3 and clang -O2: builds the program three times and runs golden.sh with each.
set -eu
cd "$SQUALL_SOURCE_DIR"
command -v clang >/dev/null || exit 77
for preset in gcc-o0 gcc-o3 clang-o2; do
    cmake --preset "$preset" >/dev/null
    cmake --build "build/$preset" --target squall >/dev/null
    echo "$preset"
    SQUALL=$SQUALL_SOURCE_DIR/build/$preset/squall bash tests/sim/golden.sh
done
