#!/bin/bash
# SPDX-License-Identifier: MIT
# Gate: purity. purity.sh OBJECTS [TABLE]; OBJECTS is a list of lines "folder/file.c path/of/file.o",
# which the build writes. Reads the undefined symbols of pure objects with nm.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
objects="${1:?usage: purity.sh OBJECTS [TABLE]}"
table="${2:-$here/purity-table.txt}"

while read -r source object; do
    [ -n "$source" ] || continue
    if [ ! -f "$object" ]; then
        echo "$object: not built" >&2
        exit 1
    fi
    nm --undefined-only "$object" | awk -v source="$source" '{ print source, $NF }'
done <"$objects" | awk -v table="$table" '
    function pattern(text) {
        gsub(/\./, "\\.", text)
        gsub(/\*/, ".*", text)
        return "^" text "$"
    }
    function fits(source, kind,    i) {
        for (i = 1; i <= n[kind]; i++) {
            if (source ~ rows[kind, i]) {
                return 1
            }
        }
        return 0
    }
    BEGIN {
        while ((getline line < table) > 0) {
            n_words = split(line, word, " ")
            for (i = 2; i <= n_words && line !~ /^#/; i++) {
                rows[word[1], ++n[word[1]]] = word[1] == "symbol" ? word[i] : pattern(word[i])
            }
        }
        for (i = 1; i <= n["symbol"]; i++) {
            allowed[rows["symbol", i]] = 1
        }
        if (n["pure"] == 0 || n["symbol"] == 0) {
            print table ": no rows"
            n_wrong++
        }
    }
    fits($1, "pure") && !fits($1, "except") {
        n_symbols++
        if ($2 !~ /^sq_/ && !($2 in allowed)) {
            print $1 ": asks for " $2 "; pure code may not"
            n_wrong++
        }
        if ($2 ~ /^sq_memory_/ && fits($1, "heap")) {
            print $1 ": allocates (" $2 "); it works in its caller\047s memory"
            n_wrong++
        }
    }
    END {
        printf "%d undefined symbols of pure objects, %d not allowed\n", n_symbols, n_wrong
        exit n_wrong > 0
    }'
