#!/bin/bash
# SPDX-License-Identifier: MIT
# over_objects.sh GATE PATHS: turns the build's list of object files, such as
# build/base/CMakeFiles/sq_base.dir/queue.c.o, into lines "base/queue.c PATH" and runs a gate over
# them. Generated sources (in the build folder) come as "base/name.c" too.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
gate="${1:?usage: over_objects.sh GATE PATHS}"
paths="${2:?usage: over_objects.sh GATE PATHS}"

list="$(mktemp)"
trap 'rm -f "$list"' EXIT
sed -n 's|^.*/\([a-z]*\)/CMakeFiles/sq_[a-z]*\.dir/\(\./\)*\(.*\)\.o$|\1/\3 &|p' "$paths" >"$list"
if [ "$(grep -c . "$paths")" != "$(grep -c . "$list")" ]; then
    echo "$paths: cannot read some of these paths" >&2
    exit 1
fi
bash "$here/$gate.sh" "$list"
