#!/bin/bash
# SPDX-License-Identifier: MIT
# The text of a question stands in no report and in nothing that is printed, in either clock. SQUALL names the program.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/asked.json" <<EOF
{
  "title": "questions",
  "workload": {
    "phases": [{ "duration": "2s", "arrival_rate": 10 }],
    "prompts": { "texts": [{ "id": "hours", "text": "xyzzy when?" }, { "id": "price", "text": "xyzzy how much?" }] }
  },
  "providers": { "openai": { "models": { "gpt-4o": { "ttft": "5ms", "tokens_per_second": 5000 } } } }
}
EOF
for mode in virtual live; do
    "$SQUALL" run "$folder/asked.json" --mode "$mode" -o "json=$folder/$mode.out.json" -o "html=$folder/$mode.out.html" \
        -o "junit=$folder/$mode.out.xml" >"$folder/$mode.out.txt" 2>&1
done
[ "$(ls "$folder"/*.out.* | wc -l)" -eq 8 ]
if grep -l xyzzy "$folder"/*.out.*; then
    echo "the text of a question was found" >&2
    exit 1
fi
