#!/bin/bash
# SPDX-License-Identifier: MIT
# resident.sh FEW MANY: a run of MANY seconds of 100 calls needs no more memory than one of FEW: it grows with the calls in
# flight, not with the calls made. What is allowed is the noise of an allocator and of where a program is loaded.
set -eu
few=$1
many=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
peak() {
    cat >"$folder/$1.json" <<EOF
{
  "title": "many calls", "duration": "$1s",
  "workload": { "phases": [{ "duration": "$1s", "arrival_rate": 100 }], "requests": [{ "name": "chat", "stream": true }] },
  "providers": { "openai": { "models": { "gpt-4o": { "profile": "openai/gpt-4o" }, "gpt-4o-mini": { "profile": "openai/gpt-4o-mini" } } } },
  "roles": { "primary": "openai/gpt-4o", "cheap": "openai/gpt-4o-mini" },
  "faults": [{ "kind": "status", "status": 429, "retry_after": "1s", "where": "openai/gpt-4o", "at": "10s", "for": "5s", "every": "100s" }],
  "policy": "recommended"
}
EOF
    "$SQUALL_BUILD_DIR/peak_memory" "$SQUALL" run "$folder/$1.json" -q -o "json=$folder/$1.out" --jobs 1
}
small=$(peak "$few")
large=$(peak "$many")
echo "${few}00 calls: $small KiB; ${many}00 calls: $large KiB"
[ "$large" -le $((small + small / 20)) ]
