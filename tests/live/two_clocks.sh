#!/bin/bash
# SPDX-License-Identifier: MIT
# Both clocks on one scenario. per-call has no shared state but its counts per call, so no call may differ, on five seeds;
# quickstart has windows, breakers and fallback, and must agree within its stated tolerance. Both replay what they did.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for seed in 1 2 3 4 5; do
    "$SQUALL" run per-call --mode both --seed "$seed" -v -o "json=$folder/result.json" >"$folder/out" 2>&1 || {
        cat "$folder/out"
        exit 1
    }
    grep -q '"differing": 0' "$folder/result.json"
done
"$SQUALL" run quickstart --mode both -v >"$folder/out" 2>&1 || {
    cat "$folder/out"
    exit 1
}
cat "$folder/out"
