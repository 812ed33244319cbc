#!/bin/bash
# SPDX-License-Identifier: MIT
# Gate: banned words. words.sh ROOT [TABLE]. Comments and strings are blanked first, but TODO and
# its like are looked for in comments as well.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="${1:?usage: words.sh ROOT [TABLE]}"
table="${2:-$here/banned-words.txt}"
cd "$root"

files="$("$here/c_files.sh" .)"
if [ -z "$files" ]; then
    echo "0 files"
    exit 0
fi
# shellcheck disable=SC2086
awk -v table="$table" '
    function trim(text) {
        sub(/^[ \t]+/, "", text)
        sub(/[ \t]+$/, "", text)
        return text
    }
    function pattern(text) {
        gsub(/\./, "\\.", text)
        gsub(/\*/, ".*", text)
        return "^" text "$"
    }
    function is_allowed(row,    words, n, i) {
        n = split(allowed[row], words, " ")
        for (i = 1; i <= n; i++) {
            if (FILENAME ~ pattern(words[i])) {
                return 1
            }
        }
        return 0
    }
    # The line without strings, characters and comments; in_comment lives on to the next line.
    function code_of(line,    out, at, two) {
        out = ""
        while (line != "") {
            if (in_comment) {
                at = index(line, "*/")
                if (at == 0) {
                    return out
                }
                line = substr(line, at + 2)
                in_comment = 0
                continue
            }
            if (!match(line, /"|\047|\/\*|\/\//)) {
                return out line
            }
            out = out substr(line, 1, RSTART - 1)
            two = substr(line, RSTART, 2)
            if (two == "//") {
                return out
            }
            if (two == "/*") {
                in_comment = 1
                line = substr(line, RSTART + 2)
            } else if (substr(two, 1, 1) == "\"") {
                line = substr(line, RSTART + 1)
                out = out "\"\""
                line = match(line, /^([^"\\]|\\.)*"/) ? substr(line, RLENGTH + 1) : ""
            } else {
                line = substr(line, RSTART + 1)
                out = out "0"
                line = match(line, /^([^\047\\]|\\.)*\047/) ? substr(line, RLENGTH + 1) : ""
            }
        }
        return out
    }
    BEGIN {
        while ((getline line < table) > 0) {
            if (line ~ /^#/ || line ~ /^[ \t]*$/) {
                continue
            }
            # The word itself may hold "|", so split from the right.
            n = split(line, cell, "|")
            instead[++n_rows] = trim(cell[n])
            allowed[n_rows] = trim(cell[n - 1])
            word = cell[1]
            for (i = 2; i <= n - 2; i++) {
                word = word "|" cell[i]
            }
            word = trim(word)
            in_comments[n_rows] = word ~ /TODO/
            banned[n_rows] = "(^|[^A-Za-z0-9_])" word (word ~ /\($|\)$/ ? "" : "([^A-Za-z0-9_]|$)")
            if (word !~ /\\\($/ && word !~ /^goto/) {
                banned[n_rows] = "(^|[^A-Za-z0-9_])" word "([^A-Za-z0-9_]|$)"
            }
            any = any (any == "" ? "" : "|") word
        }
        if (n_rows == 0) {
            print table ": no rows"
            n_wrong++
        }
    }
    FNR == 1 { in_comment = 0; n_files++ }
    {
        code = code_of($0)
        if ($0 !~ any || code ~ /^[ \t]*#[ \t]*include/) {
            next
        }
        for (i = 1; i <= n_rows; i++) {
            if ((in_comments[i] ? $0 : code) ~ banned[i] && !is_allowed(i)) {
                print FILENAME ":" FNR ": " trim($0) "\n    instead: " instead[i]
                n_wrong++
            }
        }
    }
    END {
        printf "%d files, %d banned words\n", n_files, n_wrong
        exit n_wrong > 0
    }' $files
