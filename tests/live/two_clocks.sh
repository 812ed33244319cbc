#!/bin/bash
# SPDX-License-Identifier: MIT
# Both clocks on one scenario. per-call has no shared state but its counts per call, so no call may differ, on five seeds;
# users wait for real ends;
# policy-contract holds every answer against the contract of the policy, and both clocks repair the same ones;
# quickstart has windows, breakers and fallback, and must agree within its stated tolerance. Both replay what they did.
# A run whose load generator fell behind says nothing (a busy machine): it is run again, five times at the most.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

both() {
    local try code
    for try in 1 2 3 4 5; do
        code=0
        "$SQUALL" run "$@" --mode both -v -o "json=$folder/result.json" >"$folder/out" 2>&1 || code=$?
        if [ "$code" -eq 0 ]; then
            return 0
        fi
        if [ "$code" -ne 5 ] || ! grep -q "fell behind" "$folder/out"; then
            break
        fi
        echo "run $try of $* fell behind"
    done
    cat "$folder/out"
    exit 1
}

for seed in 1 2 3 4 5; do
    both per-call --seed "$seed"
    grep -q '"differing": 0' "$folder/result.json"
done
# Users have no shared state here, either; but one may have time for one call more on one clock.
both closed-users --set duration=20s --set 'faults=[]'
grep -q '"differing": 0' "$folder/result.json"
for seed in 1 2; do
    both policy-contract --seed "$seed"
    grep -q '"differing": 0' "$folder/result.json"
    # Both columns: 0 repaired would mean that the policy's contract was never looked at.
    mapfile -t repaired < <(grep -A1 '"repaired": {' "$folder/result.json" | grep -o '"fences": [0-9]*' | grep -o '[0-9]*$')
    [ ${#repaired[@]} -eq 2 ] && [ "${repaired[0]}" -gt 0 ] && [ "${repaired[0]}" -eq "${repaired[1]}" ]
done
both quickstart
cat "$folder/out"
