#!/bin/bash
# SPDX-License-Identifier: MIT
# Both clocks on scenarios of the catalog, by name. Where every fault is drawn by call, no call may differ; quotas are
# shared by calls, and must agree within the stated tolerance. A run whose load generator fell behind says nothing (a busy
# machine): it is run again, three times at the most.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

both() {
    local try code
    for try in 1 2 3; do
        code=0
        "$SQUALL" run "$1" --mode both -v -o "json=$folder/result.json" >"$folder/out" 2>&1 || code=$?
        if [ "$code" -eq 0 ]; then
            return 0
        fi
        if [ "$code" -ne 5 ] || ! grep -q "fell behind" "$folder/out"; then
            break
        fi
        echo "run $try of $1 fell behind"
    done
    cat "$folder/out"
    exit 1
}

for scenario in "$@"; do
    both "$scenario"
    if [ "$scenario" != quota-refill ]; then
        grep -q '"differing": 0' "$folder/result.json"
    fi
done
