#!/bin/bash
# SPDX-License-Identifier: MIT
# The same decisions with another C library: tests/sim/pure_core.c and the virtual core under it (base, policies, the provider,
# loop, meter, and of wire what needs no foreign library) built by musl-gcc, and by gcc with glibc, print the same digests.
# libcurl, libmicrohttpd, cJSON, PCRE2 and utf8proc are there for glibc only: what calls them is left unresolved, and only that.
set -eu
cd "$SQUALL_SOURCE_DIR"
command -v musl-gcc >/dev/null || { echo "skipped: musl-gcc is not here (Debian: musl-tools)"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
foreign='^(wire/(json_tree|pattern|text)\.c|wire/pattern/|sim/(live|series|gathering|agreement)|sim/(parts/(making|merge)|meter/state)'
foreign="$foreign"'|mockprovider/(decoys|listener|timers|endings|http|server|journal))'

# build COMPILER FLAGS...: $folder/COMPILER, what is not resolved in $folder/COMPILER.open
build() {
    local objects=$folder/objects-$1
    mkdir "$objects"
    ls base/*.c policies/*.c wire/*.c wire/*/*.c mockprovider/*.c scenarios/scenario.c scenarios/threshold.c sim/*.c \
        sim/meter/*.c sim/parts/*.c tests/support/small_scenario.c | grep -vE "$foreign" |
        xargs -P "$(nproc)" -I{} sh -c 'object=$(echo "$1" | tr / _) && shift && "$@" -c -o "'"$objects"'/$object.o"' \
            sh {} "$@" -std=c11 -ffp-contract=off -fno-strict-aliasing -I. {}
    ar rcs "$objects/core.a" "$objects"/*.o
    "$@" -std=c11 -I. tests/sim/pure_core.c "$objects/core.a" -static -Wl,--warn-unresolved-symbols -o "$folder/$1" \
        2>"$folder/link.txt"
    grep -o 'undefined reference to `[a-z0-9_]*' "$folder/link.txt" | grep -o '[a-z0-9_]*$' | sort -u >"$folder/$1.open" || true
    if grep -vE '^sq_(json|pattern|text)_|^sq_wire_drafts$' "$folder/$1.open"; then
        echo "$1: these should be there" >&2
        exit 1
    fi
}

build musl-gcc -O2
build gcc -O0
"$folder/musl-gcc" >"$folder/musl.txt"
"$folder/gcc" >"$folder/glibc.txt"
[ "$(wc -l <"$folder/musl.txt")" -eq 20 ]
[ "$(grep -o 'decisions [0-9a-f]*' "$folder/musl.txt" | sort -u | wc -l)" -gt 15 ] # they are not all the same
diff -u "$folder/glibc.txt" "$folder/musl.txt"
cat "$folder/musl.txt" | tail -1
echo "20 runs: the same digests with musl and glibc"
