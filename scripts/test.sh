#!/bin/bash
# SPDX-License-Identifier: MIT
# Every test, in the sanitized and in the optimised build. Ends with one line that sums them up.
# FULL=1: also the tests labelled `full` (slow judges, soaks), and a skipped test is a failed one.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

filter=(-LE '^full$')
if [ "${FULL:-}" = 1 ]; then
    filter=()
    export SQUALL_FULL=1
    scripts/setup.sh full || exit $?
else
    scripts/setup.sh test || exit $?
fi

status=0
results=()
for preset in dev release; do
    scripts/build.sh "$preset" || exit $?
    rm -f "build/$preset/results.xml"
    echo "== $preset =="
    ctest --preset "$preset" --parallel "$(nproc)" "${filter[@]}" \
        --output-junit "$PWD/build/$preset/results.xml" </dev/null || status=1
    results+=("build/$preset/results.xml")
done

scripts/test_summary.sh "${results[@]}" || status=1
exit "$status"
