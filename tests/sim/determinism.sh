#!/bin/bash
# SPDX-License-Identifier: MIT
# The same seed gives the same bytes: twice, with any number of jobs; another seed gives others. SQUALL names the program.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
run() { "$SQUALL" run quickstart -q -p none -p recommended "${@:2}" -o "json=$folder/$1.json" >/dev/null 2>&1 || [ $? -eq 1 ]; }
run once --seeds 4 --jobs 1
run again --seeds 4 --jobs 1
run jobs2 --seeds 4 --jobs 2
run jobs3 --seeds 4 --jobs 3
run other --seeds 4 --seed 1000
cmp "$folder/once.json" "$folder/again.json"
cmp "$folder/once.json" "$folder/jobs2.json"
cmp "$folder/once.json" "$folder/jobs3.json"
digests() { grep -o '"[a-z]*_digest": "[0-9a-f]*"' "$1" | sort; }
[ -n "$(digests "$folder/once.json")" ]
if [ "$(digests "$folder/once.json")" = "$(digests "$folder/other.json")" ]; then
    echo "another seed gave the same digests" >&2
    exit 1
fi
