#!/bin/bash
# SPDX-License-Identifier: MIT
# Which branches of base/, wire/ and sim/ the tests take. coverage.sh ROOT. Builds the preset
# `coverage`, runs the unit, torture, sim, cli and live tests in it and reads gcov's counts with
# gcovr. Fails when a folder has LEAST_PERCENT or less, or when a file with branches that no test
# takes is not in remains.txt, which says why. What each line lacks: build/coverage/branches.txt.
#
# Asserts do not count: their other branch is the end of the program.
set -euo pipefail
cd "${1:?usage: coverage.sh ROOT}"
LEAST_PERCENT=95
for program in gcovr gcc; do
    if ! command -v "$program" >/dev/null; then
        echo "$program is missing (Debian: apt-get install $program)"
        exit 77
    fi
done
here=tests/coverage out=build/coverage

scripts/build.sh coverage
find "$out" -name '*.gcda' -delete
# A test that fails here fails in its own place too; what it took on the way still counts. Not
# torture/limits: where no file may grow, the files of counts are cut off, and then say nothing.
env -u SQUALL_FULL ctest --preset coverage --parallel "$(nproc)" -L '^(unit|torture|sim|cli|live)$' -LE '^full$' \
    -E '^torture/limits$' \
    >"$out/tests.log" 2>&1 || echo "not every test passed under coverage: $out/tests.log"

gcovr -r . --object-directory "$out" --filter base/ --filter wire/ --filter sim/ \
    --exclude-branches-by-pattern '.*sq_assert\(.*' --branches --txt "$out/branches.txt" \
    --json-summary-pretty --json-summary "$out/summary.json" >/dev/null 2>&1

awk -v least="$LEAST_PERCENT" '
    FILENAME ~ /remains/ { if ($0 !~ /^#/ && NF > 1) reason[$1] = 1; next }
    /"branch_covered"/ { covered = $2 + 0 }
    /"branch_total"/ { total = $2 + 0 }
    /"filename"/ {
        name = $2
        gsub(/[",]/, "", name)
    }
    # The keys of a file end with its line_total; the sums at the end have no filename.
    /"line_total"/ && name != "" {
        folder = name
        sub(/\/.*/, "", folder)
        taken[folder] += covered
        all[folder] += total
        if (covered < total && !(name in reason)) {
            printf "%s: %d of %d branches not taken, and no reason in remains.txt\n", name,
                total - covered, total
            bad = 1
        }
        name = ""
    }
    END {
        for (folder in all) {
            percent = 100 * taken[folder] / all[folder]
            printf "%s: %.1f %% of %d branches\n", folder, percent, all[folder]
            if (percent <= least) bad = 1
            n++
        }
        exit bad || n != 3
    }' "$here/remains.txt" "$out/summary.json"
