#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/test_summary.sh RESULTS.xml...: adds up what ctest wrote (JUnit), names what did not pass
# and ends with one line, `N passed, M failed, K skipped`. With FULL=1 a skipped test counts as
# failed. Exit code 1 when something failed or nothing ran.
set -euo pipefail
exec awk -v full="${FULL:-}" '
    function not_passed(how) {
        print how ": " name
    }
    /<testcase / {
        name = $0
        sub(/.*<testcase name="/, "", name)
        sub(/".*/, "", name)
        preset = FILENAME
        if (sub(/\/[^\/]*$/, "", preset)) {
            sub(/.*\//, "", preset)
            name = name " (" preset ")"
        }
        n_tests++
    }
    /<failure / { n_failed++; not_passed("failed") }
    # A test whose program is missing is "skipped" to ctest, not to us.
    /<skipped / && !/message="(SKIP_|Disabled)/ { n_failed++; not_passed("failed to start") }
    /<skipped / && /message="(SKIP_|Disabled)/ {
        n_skipped++
        not_passed(full == 1 ? "failed (skipped, but FULL=1 is set)" : "skipped")
    }
    END {
        n_passed = n_tests - n_failed - n_skipped
        if (full == 1) {
            n_failed += n_skipped
            n_skipped = 0
        }
        printf "%d passed, %d failed, %d skipped\n", n_passed, n_failed, n_skipped
        exit n_failed > 0 || n_passed == 0
    }' "$@"
