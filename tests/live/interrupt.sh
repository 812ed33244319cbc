#!/bin/bash
# SPDX-License-Identifier: MIT
# A signal ends a live run early with what there is: summary, files and last line, marked interrupted; 130 for
# SIGINT, 143 for SIGTERM.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for pair in INT:130 TERM:143; do
    "$SQUALL" run quickstart --mode live -o "json=$folder/r.json" >"$folder/out" 2>"$folder/err" &
    child=$!
    sleep 2
    kill "-${pair%%:*}" "$child"
    code=0
    wait "$child" || code=$?
    [ "$code" -eq "${pair##*:}" ] || { echo "exit code $code for $pair"; cat "$folder/err"; exit 1; }
    grep -q "squall: inconclusive (exit ${pair##*:})" "$folder/out" || { cat "$folder/out"; exit 1; }
    grep -q '"interrupted": true' "$folder/r.json"
    rm "$folder/r.json"
done
