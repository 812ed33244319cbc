#!/bin/bash
# SPDX-License-Identifier: MIT
# Do the tests notice a mistake? mutation.sh [LIST]: makes each small mistake of the list (mutants.txt) in a copy of the sources
# inside the build folder, builds the tests named beside it and runs them: one of them has to fail. A mutant that no test
# notices, that does not compile or whose line is gone from the sources fails this test; without a mutant all of them pass.
#
# One line a mutant, with ` :: ` between: file, old text (stands in the file once, or file#2: the second time it does), new text
# (none: the old one is taken out), tests. A fifth part says what is to come of it instead of `noticed`: see can-fail.txt.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scratch=${SQUALL_BUILD_DIR:-$root/build}/mutation
tree=$scratch/source
build=$scratch/build
lists=("$@")
[ $# -gt 0 ] || lists=("$here/mutants.txt" "$here/can-fail.txt")
limit_s=40 # of one test program; one that hangs has noticed

export SQUALL_SOURCE_DIR=$tree SQUALL_BUILD_DIR=$build CK_DEFAULT_TIMEOUT=$limit_s
unset MAKEFLAGS MFLAGS MAKELEVEL

copy_sources() {
    rm -rf "$scratch"
    mkdir -p "$tree"
    tar -C "$root" -cf - --exclude='./build*' --exclude=./.git --exclude=./squall-report --exclude=node_modules . |
        tar -C "$tree" -xf -
}

configure() {
    local generator=()
    command -v ninja >/dev/null && generator=(-G Ninja)
    cmake -S "$tree" -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O0 >"$scratch/log" 2>&1
}

# build_tests NAME...
build_tests() {
    cmake --build "$build" --parallel "$(nproc)" --target "${@/#/test_}" >"$scratch/log" 2>&1
}

# run_tests NAME...: fails with the first one that does.
run_tests() {
    local name
    for name in "$@"; do
        (cd "$tree" && timeout -k 5 "$limit_s" "$build/test_$name") >"$scratch/log" 2>&1 </dev/null || return 1
    done
}

# replace FILE NTH OLD NEW: into $scratch/mutant. NTH 0: OLD has to be there exactly once.
replace() {
    old=$3 new=$4 nth=$2 awk '
        BEGIN { old = ENVIRON["old"]; new = ENVIRON["new"]; nth = ENVIRON["nth"] + 0 }
        {
            line = $0
            done = ""
            while ((at = index(line, old)) > 0) {
                n++
                done = done substr(line, 1, at - 1) (n == nth || nth == 0 ? new : old)
                line = substr(line, at + length(old))
            }
            print done line
        }
        END { exit !(nth == 0 ? n == 1 : n >= nth) }' "$1" >"$scratch/mutant"
}

# outcome FILE NTH OLD NEW TEST...: what comes of the mutant, in one word. The file is put back, with a new time, so that its
# object is made again.
outcome() {
    local file=$tree/$1 word=noticed
    if ! replace "$file" "$2" "$3" "$4"; then
        echo stale
        return
    fi
    cp "$file" "$scratch/original"
    cp "$scratch/mutant" "$file"
    shift 4
    if ! build_tests "$@"; then
        word=broken
    elif run_tests "$@"; then
        word=survived
    fi
    cp "$scratch/original" "$file"
    echo "$word"
}

# split LINE: into the array `part`.
split() {
    local rest=$1
    part=()
    while [ "${rest#* :: }" != "$rest" ]; do
        part+=("${rest%% :: *}")
        rest=${rest#* :: }
    done
    part+=("$rest")
}

rows() {
    grep -hvE '^(#|$)' "${lists[@]}"
}

all_tests() {
    while read -r line; do
        split "$line"
        tr ' ' '\n' <<<"${part[3]}"
    done < <(rows) | sort -u
}

copy_sources && configure || { cat "$scratch/log"; exit 1; }
mapfile -t tests < <(all_tests)
build_tests "${tests[@]}" || { tail -40 "$scratch/log"; exit 1; }
for name in "${tests[@]}"; do
    run_tests "$name" || { tail -40 "$scratch/log"; echo "without a mutant: $name fails" >&2; exit 1; }
done
echo "without a mutant: ${#tests[@]} tests pass"

n_mutants=0
n_noticed=0
n_wrong=0
while read -r line; do
    split "$line"
    file=${part[0]%#*}
    nth=0
    [ "$file" = "${part[0]}" ] || nth=${part[0]#*#}
    read -ra named <<<"${part[3]}"
    word=$(outcome "$file" "$nth" "${part[1]}" "${part[2]}" "${named[@]}")
    if [ "$word" != "${part[4]:-noticed}" ]; then
        n_wrong=$((n_wrong + 1))
        echo "$word: $line"
        [ "$word" != broken ] || grep -m 3 error: "$scratch/log"
    fi
    if [ -z "${part[4]:-}" ]; then
        n_mutants=$((n_mutants + 1))
        [ "$word" != noticed ] || n_noticed=$((n_noticed + 1))
    fi
done < <(rows)
rm -rf "$scratch"
echo "$n_mutants mutants, $n_noticed noticed"
[ "$n_wrong" -eq 0 ] && [ "$n_mutants" -gt 0 ]
