#!/bin/bash
# SPDX-License-Identifier: MIT
# A pool of 100 connections and one hanging provider of two: where the limits are a role's own, the other's calls keep
# their latency; where both share them, they lose it. The same on both clocks.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cases=$SQUALL_SOURCE_DIR/tests/sim/pool

# expect POLICY CODE: both clocks judge alike, and agree call by call.
expect() {
    local try code
    for try in 1 2 3 4 5; do
        code=0
        "$SQUALL" run "$cases/pool.json" -p "$cases/$1.json" --mode both -o "json=$folder/r.json" \
            >"$folder/out" 2>&1 || code=$?
        [ "$code" -eq 5 ] && grep -q "fell behind" "$folder/out" || break
        echo "run $try with $1 fell behind"
    done
    if [ "$code" -ne "$2" ] || ! grep -q '"agree": true' "$folder/r.json"; then
        echo "$1: exit code $code, not $2, or the clocks differ"
        cat "$folder/out"
        exit 1
    fi
    grep -E "p\(50\)|clocks" "$folder/out"
}

expect shared 1
expect per-role 0
