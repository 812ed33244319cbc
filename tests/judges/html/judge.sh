#!/bin/bash
# SPDX-License-Identifier: MIT
# Judge: the page in a browser. judge.sh ROOT. Chromium builds the document of every golden page, runs
# none of its hostile names, shows its text and prints it.
set -euo pipefail
cd "${1:?usage: judge.sh ROOT}"
browser="$(command -v chromium || command -v chromium-browser || true)"
if [ -z "$browser" ]; then
    echo "chromium is missing (Debian: apt-get install chromium)"
    exit 77
fi
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

browse() {
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-background-networking \
        --no-first-run --user-data-dir="$scratch/profile" "$@" 2>"$scratch/said"
}

wrong() {
    echo "$1"
    exit 1
}

n=0
for page in tests/golden/reports/*.html; do
    document="$(browse --dump-dom "file://$PWD/$page")"
    case "$document" in
    *"<script"* | *"<img"*) wrong "$page: a name became an element" ;;
    esac
    for heading in Checks "What callers got" "The numbers" "What happened when" "Do it again"; do
        case "$document" in
        *">$heading</h"*) ;;
        *) wrong "$page: no heading \"$heading\"" ;;
        esac
    done
    n=$((n + 1))
done
[ "$n" -gt 0 ] || wrong "no pages"

browse --no-pdf-header-footer --print-to-pdf="$scratch/page.pdf" \
    "file://$PWD/tests/golden/reports/hostile.html" >/dev/null
[ "$(head -c 5 "$scratch/page.pdf")" = "%PDF-" ] || wrong "the page does not print"
echo "$n pages"
