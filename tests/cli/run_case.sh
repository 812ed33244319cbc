#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs command-line cases: tests/cli/run_case.sh CASE... with SQUALL naming the program. A case is a text file of
# sections, each begun by a line "-- NAME":
#   -- command        one shell line; $SQUALL is the program; it runs in an empty folder
#   -- file NAME      a file that is put there first
#   -- exit           the expected exit code
#   -- stdout         the exact standard output      -- stdout has   lines that must occur in it
#   -- stderr         the exact standard error       -- stderr has   lines that must occur in it
# Lines before the first section say what the case is about.
set -u
program=$(readlink -f "${SQUALL:?names the program}")
export SQUALL=$program NO_COLOR=1 LC_ALL=C.UTF-8
failed=0
ran=0

# section FILE NAME: the lines of a section; fails when there is none.
section() {
    awk -v want="-- $2" '
        /^-- / { on = ($0 == want); if (on) { found = 1 }; next }
        on { print }
        END { exit !found }' "$1"
}

complain() {
    echo "FAILED: $1: $2"
    failed=$((failed + 1))
}

# exact CASE NAME FILE: compares a section with a file, when the case has it.
exact() {
    local wanted
    wanted=$(mktemp)
    if section "$1" "$2" >"$wanted"; then
        diff -u --label "expected $2" --label "$2" "$wanted" "$3" || complain "$1" "$2 differs"
    fi
    rm -f "$wanted"
}

# has CASE NAME FILE: every line of the section "NAME has" occurs in the file.
has() {
    local line
    section "$1" "$2 has" >/dev/null || return 0
    while IFS= read -r line; do
        grep -qF -e "$line" "$3" || { complain "$1" "$2 lacks: $line"; head -40 "$3"; }
    done < <(section "$1" "$2 has")
}

run_case() {
    local case=$1 folder name code wanted
    folder=$(mktemp -d)
    while IFS= read -r name; do
        mkdir -p "$folder/$(dirname "$name")"
        section "$case" "file $name" >"$folder/$name"
    done < <(sed -n 's/^-- file //p' "$case")
    (cd "$folder" && eval "$(section "$case" command)" >"$folder.out" 2>"$folder.err" </dev/null)
    code=$?
    wanted=$(section "$case" exit | head -1)
    [ "$code" = "$wanted" ] || { complain "$case" "exit code $code, not $wanted"; head -20 "$folder.err"; }
    exact "$case" stdout "$folder.out"
    exact "$case" stderr "$folder.err"
    has "$case" stdout "$folder.out"
    has "$case" stderr "$folder.err"
    rm -rf "$folder" "$folder.out" "$folder.err"
    ran=$((ran + 1))
}

for case in "$@"; do
    run_case "$(readlink -f "$case")"
done
echo "$ran cases, $failed failures"
[ "$failed" -eq 0 ] && [ "$ran" -gt 0 ]
