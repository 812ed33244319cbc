#!/bin/bash
# SPDX-License-Identifier: MIT
# The herd of the factory: calls in flight that are reset at one instant come back in step without jitter. Over 20 seeds the
# mean of the seeds' peaks of attempts per 250 ms (first half second left out) is at least twice that with full jitter, and
# every face of the report shows both. SQUALL names the program.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

code=0
"$SQUALL" run factory-herd -p factory-no-jitter -p factory-full-jitter --seeds 20 \
    -o "json=$folder/result.json" -o "html=$folder/page.html" >"$folder/out" || code=$?
[ "$code" -eq 1 ] || { echo "exit $code: without jitter the peak must break its threshold" >&2; exit 1; }

numbers() { grep -o "\"$1\": [0-9]*" "$folder/result.json" | grep -o '[0-9]*$'; }
mapfile -t policies < <(grep -o '^ *"policy": "[a-z-]*"' "$folder/result.json" | grep -o '[a-z-]*"$' | tr -d '"')
mapfile -t means < <(numbers peak_attempts_per_250ms_mean_millionths)
mapfile -t sums < <(numbers peak_attempts_per_250ms_sum)
mapfile -t peaks < <(numbers peak_attempts_per_250ms)
[ "${policies[*]}" = "factory-no-jitter factory-full-jitter" ]
[ ${#means[@]} -eq 2 ] && [ ${#sums[@]} -eq 2 ] && [ ${#peaks[@]} -eq 2 ]
echo "means ${means[*]} millionths, highest ${peaks[*]}"

for i in 0 1; do
    [ "${means[i]}" -eq $((sums[i] * 1000000 / 20)) ]
    [ "${means[i]}" -le $((peaks[i] * 1000000)) ]
done
if [ "${means[0]}" -lt $((2 * means[1])) ]; then
    echo "without jitter the mean peak is less than twice as high" >&2
    exit 1
fi

# 1033800000 millionths are shown as 1033.80.
for mean in "${means[@]}"; do
    shown=$((mean / 1000000)).$(printf '%02d' $((mean % 1000000 / 10000)))
    grep -q "peak rate mean .*$shown" "$folder/out"
    grep -q "mean $shown" "$folder/page.html"
done
