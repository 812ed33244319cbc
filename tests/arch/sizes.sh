#!/bin/bash
# SPDX-License-Identifier: MIT
# Gate: sizes. sizes.sh ROOT. Files under 500 lines (tests 800), functions under 70, folders under 25
# modules (a module is a .c file); over the whole product a median function of at most 12 lines and
# a 95th percentile of at most 45. With our layout a function is what lies between `{` and `}` in the
# first column, counted from its name; clang-format keeps that true.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
cd "${1:?usage: sizes.sh ROOT}"

files="$("$here/c_files.sh" .)"
if [ -z "$files" ]; then
    echo "0 files"
    exit 0
fi
# shellcheck disable=SC2086
awk '
    function wrong(text) {
        print text
        n_wrong++
    }
    function end_file(    limit, folder) {
        limit = file ~ /^tests\// ? 800 : 500
        if (n_lines >= limit) {
            wrong(file ": " n_lines " lines; a file stays under " limit)
        }
        if (file ~ /\.c$/ && file !~ /^tests\//) {
            folder = file
            sub(/\/[^\/]*$/, "", folder)
            modules[folder]++
        }
        if (file ~ /(^|\/)(utils?|helpers?|misc|common)\.[ch]$/) {
            wrong(file ": name it for what it does")
        }
    }
    FNR == 1 && NR > 1 { end_file() }
    FNR == 1 { file = FILENAME; start = 0; in_body = 0 }
    { n_lines = FNR }
    !in_body && /^[A-Za-z_]/ { start = FNR; head = $0 }
    /^\{/ && start > 0 { in_body = 1 }
    /^\}/ && in_body {
        length_of = FNR - start + 1
        if (length_of >= 70) {
            name = head
            sub(/\(.*/, "", name)
            sub(/.*[ *]/, "", name)
            wrong(file ":" start ": " name " has " length_of " lines; a function stays under 70")
        }
        if (file !~ /^(tests|bench)\//) {
            count[length_of]++
            n_functions++
        }
        in_body = 0
        start = 0
    }
    END {
        end_file()
        for (folder in modules) {
            if (modules[folder] >= 25) {
                wrong(folder "/: " modules[folder] " modules; a folder stays under 25")
            }
        }
        seen = 0
        for (size = 1; size < 100000 && seen < n_functions; size++) {
            seen += count[size]
            if (!median && seen * 2 >= n_functions) {
                median = size
            }
            if (!p95 && seen * 100 >= n_functions * 95) {
                p95 = size
            }
        }
        printf "%d functions, median %d lines, 95th percentile %d\n", n_functions, median, p95
        if (n_functions >= 30 && median > 12) {
            wrong("the median function has over 12 lines")
        }
        if (n_functions >= 30 && p95 > 45) {
            wrong("the 95th percentile of functions has over 45 lines")
        }
        exit n_wrong > 0
    }' $files
