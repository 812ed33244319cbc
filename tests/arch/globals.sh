#!/bin/bash
# SPDX-License-Identifier: MIT
# Gate: no mutable global or static variable. globals.sh OBJECTS (see purity.sh). By section rather
# than by nm's letter: a constant table of pointers lies in .data.rel.ro, which nm calls "d" too.
# Free of it: cli/ and base/assert.c (crash context).
set -euo pipefail
objects="${1:?usage: globals.sh OBJECTS}"

while read -r source object; do
    case "$source" in
    '' | cli/* | base/assert.c) continue ;;
    esac
    if [ ! -f "$object" ]; then
        echo "$object: not built" >&2
        exit 1
    fi
    # address, flags, section, size, name; a section names itself
    objdump --syms "$object" | awk -v source="$source" '
        { section = ""; for (i = 2; i <= NF; i++) if ($i ~ /^(\.(data|bss|tdata|tbss)|\*COM\*)/) section = $i }
        section != "" && $NF !~ /^\./ && section !~ /^\.data\.rel\.ro/ { print source, $NF, section }'
done <"$objects" | awk '
    { print $1 ": " $2 " is a mutable variable (" $3 ")" }
    END { printf "%d mutable variables\n", NR; exit NR > 0 }'
