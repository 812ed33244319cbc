#!/bin/bash
# SPDX-License-Identifier: MIT
# The same digests from gcc -O0, gcc -O3 -march=native, clang -O2 and the sanitized build: builds the program with each, runs
# golden.sh with each, and lets each run shards of one grid, as 2 and as 7, whose parts another one merges to the same bytes.
set -eu
cd "$SQUALL_SOURCE_DIR"
command -v clang >/dev/null || exit 77
presets=(gcc-o0 gcc-o3 clang-o2 dev)
for preset in "${presets[@]}"; do
    cmake --preset "$preset" >/dev/null
    cmake --build "build/$preset" --target squall --parallel "$(nproc)" >/dev/null
    echo "$preset"
    if [ "$preset" != dev ]; then # its own sim/golden does
        SQUALL=$SQUALL_SOURCE_DIR/build/$preset/squall bash tests/sim/golden.sh
    fi
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
grid=(quickstart --seeds 7 -p none -p recommended -q)
whole=$folder/whole.json
"$SQUALL" run "${grid[@]}" -o "json=$whole" >/dev/null 2>&1 || [ $? -eq 1 ]
for n in 1 2 7; do
    rm -f "$folder"/part-*
    for i in $(seq "$n"); do
        preset=${presets[$((i % ${#presets[@]}))]}
        "build/$preset/squall" run "${grid[@]}" --shard "$i/$n" -o "json=$folder/part-$i.json" >/dev/null 2>&1
    done
    for preset in "${presets[@]}"; do
        "build/$preset/squall" merge "$folder"/part-*.json -q -o "json=$folder/merged.json" >/dev/null 2>&1 || [ $? -eq 1 ]
        cmp "$whole" "$folder/merged.json"
    done
done
echo "parts of ${#presets[@]} builds, merged by each: the same bytes"
