#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/test_summary.sh RESULTS.xml...: adds up what ctest wrote (JUnit) and prints one line,
# `N passed, M failed, K skipped`. With FULL=1 a skipped test counts as failed. Exit code 1 when
# something failed or nothing ran.
set -euo pipefail
exec awk -v full="${FULL:-}" '
    function number(name,    text) {
        if (!match($0, name "=\"[0-9]+\"")) {
            return 0
        }
        text = substr($0, RSTART, RLENGTH)
        gsub(/[^0-9]/, "", text)
        return text + 0
    }
    /<testcase / && /status="notrun"/ {
        name = $0
        sub(/.*<testcase name="/, "", name)
        sub(/".*/, "", name)
        print (full == 1 ? "failed (skipped, and FULL=1 is set): " : "skipped: ") name
    }
    /<testcase / { n_tests++ }
    /<testcase / && /status="fail"/ { n_failed++ }
    /<testcase / && /status="(notrun|disabled)"/ { n_skipped++ }
    END {
        n_passed = n_tests - n_failed - n_skipped
        if (full == 1) {
            n_failed += n_skipped
            n_skipped = 0
        }
        printf "%d passed, %d failed, %d skipped\n", n_passed, n_failed, n_skipped
        exit n_failed > 0 || n_passed == 0
    }' "$@"
