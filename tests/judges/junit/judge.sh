#!/bin/bash
# SPDX-License-Identifier: MIT
# Judge: JUnit XML. judge.sh ROOT. Every golden document is valid against both dialects; documents
# that break one of them are refused, so the judge can fail.
set -euo pipefail
cd "${1:?usage: judge.sh ROOT}"
if ! command -v xmllint >/dev/null; then
    echo "xmllint is missing (Debian: apt-get install libxml2-utils)"
    exit 77
fi
here=tests/judges/junit

valid() {
    xmllint --noout --nonet --schema "$here/$1_dialect.xsd" "$2" 2>&1
}

n=0
for document in tests/golden/reports/*.junit; do
    for dialect in xunit ant; do
        if ! said="$(valid "$dialect" "$document")"; then
            echo "$document is not valid for $dialect: $said"
            exit 1
        fi
    done
    n=$((n + 1))
done
[ "$n" -gt 0 ] || { echo "no documents"; exit 1; }

# Each change below is one that a reader is known to refuse.
wrong="$(mktemp)"
trap 'rm -f "$wrong"' EXIT
refuse() {
    sed "$2" tests/golden/reports/failed.junit >"$wrong"
    if cmp -s "$wrong" tests/golden/reports/failed.junit; then
        echo "the change \"$2\" changes nothing"
        exit 1
    fi
    if valid "$1" "$wrong" >/dev/null; then
        echo "$1 accepts \"$2\""
        exit 1
    fi
}
refuse xunit 's/time="600.000"/time="600.000000"/'
refuse xunit 's/<testcase /<testcase file="x" /'
refuse ant 's/<testsuites>/<testsuites tests="1">/'
refuse ant 's/\(timestamp="[^"]*\)"/\1Z"/'
refuse ant 's/ hostname="[^"]*"//'
refuse ant 's/<system-err><\/system-err>//'
echo "$n documents, both dialects"
