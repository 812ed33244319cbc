#!/bin/bash
# SPDX-License-Identifier: MIT
# Both clocks on scenarios of the catalog, by name. Where every fault is drawn by call, no call may differ; quotas are
# shared by calls, and must agree within the stated tolerance.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for scenario in "$@"; do
    "$SQUALL" run "$scenario" --mode both -v -o "json=$folder/result.json" >"$folder/out" 2>&1 || {
        cat "$folder/out"
        exit 1
    }
    if [ "$scenario" != quota-refill ]; then
        grep -q '"differing": 0' "$folder/result.json"
    fi
done
