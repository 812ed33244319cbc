#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/fuzz.sh [SECONDS] [NAME...]: runs the fuzzers of tests/fuzz (all, or those named) one after
# the other, SECONDS each (default 60), with clang's libFuzzer under ASan and UBSan.
#
# Each begins with tests/fuzz/corpus/NAME, what earlier runs found (build/fuzz/corpus/NAME), and for
# scenarios and policies the shipped ones. What breaks is kept as build/fuzz/findings/NAME-*: make it
# a file of the corpus, with a unit test for the cause. Logs: build/fuzz/logs/NAME.log, or
# SQUALL_FUZZ_LOGS. Exit codes: 0 nothing broke; 1 something did; 2 usage.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds="${1:-60}"
case "$seconds" in
"" | *[!0-9]*)
    echo "usage: scripts/fuzz.sh [SECONDS] [NAME...]" >&2
    exit 2
    ;;
esac
shift || true

mapfile -t known < <(cd tests/fuzz/corpus && ls)
names=("$@")
[ $# -gt 0 ] || names=("${known[@]}")
for name in "${names[@]}"; do
    if [ ! -d "tests/fuzz/corpus/$name" ]; then
        echo "fuzz: no fuzzer is named \"$name\" (there are: ${known[*]})" >&2
        exit 2
    fi
done

scripts/build.sh fuzz fuzzers >&2

here=build/fuzz
logs="${SQUALL_FUZZ_LOGS:-$here/logs}"
mkdir -p "$here/findings" "$logs"

# Words of the language, so that mutations meet keys and values that mean something.
grep -oh '"[a-z$][a-z0-9_]*"' scenarios/schema/*.json scenarios/catalog/*.json policies/presets/*.json |
    LC_ALL=C sort -u >"$here/words.dict"

# Seeds besides the corpus, and how long an input may grow.
seeds_of() {
    case "$1" in
    scenario | run) echo scenarios/catalog ;;
    policy) echo policies/presets ;;
    esac
}
bytes_of() {
    case "$1" in
    scenario | run | policy) echo 8192 ;;
    duration | threshold | hint) echo 256 ;;
    *) echo 4096 ;;
    esac
}

broken=0
for name in "${names[@]}"; do
    mkdir -p "$here/corpus/$name"
    # shellcheck disable=SC2046
    if "$here/fuzz_$name" -max_total_time="$seconds" -max_len="$(bytes_of "$name")" -timeout=20 \
        -rss_limit_mb=2048 -dict="$here/words.dict" -print_final_stats=1 \
        -artifact_prefix="$here/findings/$name-" \
        "$here/corpus/$name" "tests/fuzz/corpus/$name" $(seeds_of "$name") \
        >"$logs/$name.log" 2>&1; then
        result="nothing broke"
    else
        result="BROKEN, see $logs/$name.log"
        broken=1
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$logs/$name.log")
    echo "$name: ${runs:-?} runs in $seconds s, $result"
done
exit "$broken"
