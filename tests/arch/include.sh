#!/bin/bash
# SPDX-License-Identifier: MIT
# Gate: include rule. include.sh ROOT [TABLE]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="${1:?usage: include.sh ROOT [TABLE]}"
table="${2:-$here/include-table.txt}"
cd "$root"

"$here/c_files.sh" . | { xargs -r grep -Hn '^[[:space:]]*#[[:space:]]*include' || true; } |
    awk -v table="$table" '
    function pattern(text) {
        gsub(/\./, "\\.", text)
        gsub(/\*/, ".*", text)
        return "^" text "$"
    }
    function fits(text, list,    words, n, i) {
        n = split(list, words, " ")
        for (i = 1; i <= n; i++) {
            if (text ~ pattern(words[i])) {
                return 1
            }
        }
        return 0
    }
    function wrong(text) {
        print place ": " text
        n_wrong++
    }
    function folder_of(path) {
        sub(/\/[^\/]*$/, "", path)
        return path
    }
    function exists(path,    line, answer) {
        answer = (getline line < path) >= 0
        close(path)
        return answer
    }
    function check_inside(header,    i, allowed) {
        if (header !~ /\// || !exists(header)) {
            wrong("\"" header "\" is not \"folder/file.h\" of this project")
            return
        }
        if (header ~ /_int\.h$/ && index(file, folder_of(header) "/") != 1 && file !~ /^tests\//) {
            wrong(header " stays inside " folder_of(header) "/")
        }
        for (i = 1; i <= n_inside; i++) {
            if (file ~ inside_files[i]) {
                if (fits(header, inside_headers[i])) {
                    return
                }
                allowed = allowed " " inside_headers[i]
            }
        }
        wrong(header " may not be included here; allowed:" allowed)
    }
    function check_outside(header,    i) {
        for (i = 1; i <= n_outside; i++) {
            if (header ~ outside_header[i]) {
                if (!fits(file, outside_files[i])) {
                    wrong("<" header "> may not be included here; only in: " outside_files[i])
                }
                return
            }
        }
        wrong("<" header "> is in no row of the table")
    }
    function check_own_first(header,    own) {
        own = file
        if (sub(/\.c$/, ".h", own) && file != previous_file && header != own && exists(own)) {
            wrong("its own header " own " comes first")
        }
        previous_file = file
    }
    BEGIN {
        while ((getline line < table) > 0) {
            n = split(line, word, " ")
            if (n < 3 || line ~ /^#/) {
                continue
            }
            rest = ""
            for (i = 3; i <= n; i++) {
                rest = rest (i > 3 ? " " : "") word[i]
            }
            if (word[1] == "inside") {
                inside_files[++n_inside] = pattern(word[2])
                inside_headers[n_inside] = rest
            } else {
                outside_header[++n_outside] = pattern(word[2])
                outside_files[n_outside] = rest
            }
        }
        if (n_inside == 0 || n_outside == 0) {
            print table ": no rows"
            n_wrong++
        }
    }
    {
        split($0, part, ":")
        file = part[1]
        place = part[1] ":" part[2]
        header = $0
        if (header ~ /include[ \t]*"/) {
            sub(/^[^"]*"/, "", header)
            sub(/".*/, "", header)
            check_own_first(header)
            check_inside(header)
        } else {
            sub(/^[^<]*</, "", header)
            sub(/>.*/, "", header)
            check_own_first(header)
            check_outside(header)
        }
        n_includes++
    }
    END {
        printf "%d includes, %d against the table\n", n_includes, n_wrong
        exit n_wrong > 0
    }'
