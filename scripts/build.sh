#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/build.sh PRESET [TARGET...]: configures if needed and builds into build/PRESET, with ninja
# or make, on all cores. Quiet unless something is wrong or V=1.
set -euo pipefail
cd "$(dirname "$0")/.."

# An outer make would hand its flags down to ours.
unset MAKEFLAGS MFLAGS MAKELEVEL

preset="${1:?usage: scripts/build.sh PRESET [TARGET...]}"
shift
targets=()
if [ $# -gt 0 ]; then
    targets=(--target "$@")
fi

if [ ! -f "build/$preset/CMakeCache.txt" ] && [ -z "${CMAKE_GENERATOR:-}" ]; then
    if command -v ninja >/dev/null; then
        export CMAKE_GENERATOR=Ninja
    fi
fi
mkdir -p "build/$preset"
if ! cmake --preset "$preset" >"build/$preset/configure.log" 2>&1; then
    cat "build/$preset/configure.log" >&2
    exit 4
fi
[ "${V:-}" != 1 ] || cat "build/$preset/configure.log"
cmake --build --preset "$preset" --parallel "$(nproc)" "${targets[@]}"
