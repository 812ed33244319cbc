#!/bin/bash
# SPDX-License-Identifier: MIT
# Parts of 1, 2 and 7 shards, merged in any order, give the bytes of one run of everything: the result, the reports, the
# exit code, for every catalog scenario; and with files of the scenario's own, which merge must not need. SQUALL names the
# program.
set -eu
program=$(readlink -f "$SQUALL")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

code_of() { local code=0; "$@" >out.txt 2>err.txt || code=$?; echo "$code"; }

# same SHARDS NAME ARGUMENTS...: whole against merged, parts in rising, falling and turned order.
same() {
    local n=$1 name=$2 i whole merged order
    shift 2
    rm -rf parts && mkdir parts
    whole=$(code_of "$program" run "$@" -o "json=whole.json" -o "html=whole.html" -o "junit=whole.xml")
    cp out.txt whole.txt
    for i in $(seq "$n"); do
        [ "$(code_of "$program" run "$@" -q --shard "$i/$n" -o "json=parts/$i.json")" = 0 ] || { cat err.txt; exit 1; }
        grep -qx "squall: part $i of $n, for squall merge to judge (exit 0)" out.txt
    done
    for order in "$(seq "$n")" "$(seq "$n" -1 1)" "$(seq 3 "$n") $(seq "$((n < 2 ? n : 2))")"; do
        merged=$(code_of "$program" merge $(printf 'parts/%s.json ' $order) \
            $merge_arguments -o "json=merged.json" -o "html=merged.html" -o "junit=merged.xml")
        cmp whole.json merged.json && cmp whole.html merged.html && cmp whole.xml merged.xml
        diff <(grep -v '^ *\(next\)\? *squall run ' whole.txt) <(grep -v '^ *\(next\)\? *squall run ' out.txt)
        [ "$whole" = "$merged" ] || { echo "$name: exit code $merged, not $whole"; exit 1; }
    done
    compared=$((compared + 1))
}

compared=0
merge_arguments=''
for scenario in $("$program" list scenarios | awk '{ print $1 }'); do
    [ "$scenario" != azure-like ] || continue # an hour of traffic: long, and nothing the others lack
    same 2 "$scenario" "$scenario" --seeds 3
done
for n in 1 2 7; do
    same "$n" quickstart quickstart --seeds 14 -p none -p recommended --label commit=1a2b3c
done
same 7 thin quickstart --seeds 2 --seed 40 # more shards than runs
merge_arguments='--exit-code-on-fail 9'
same 3 strict all-down --seeds 4 --exit-code-on-fail 9

# Each seed by itself, from files that are gone when the parts are merged.
mkdir own
cat >own/policy.json <<'EOF'
{ "retry": { "max_attempts": 3 } }
EOF
printf 'arrived_at,num_prefill_tokens,num_decode_tokens\n0,100,20\n1.5,300,40\n2,50,9\n9,120,30\n' >own/trace.csv
cat >own/own.json <<'EOF'
{
  "workload": { "trace": { "file": "trace.csv", "format": "csv", "columns": { "time_s": "arrived_at", "input_tokens": "num_prefill_tokens", "output_tokens": "num_decode_tokens" }, "loop": true } },
  "duration": "2m",
  "providers": { "p": { "models": { "m": { "ttft": "250ms", "tokens_per_second": 60 } } } },
  "roles": { "primary": "p/m" },
  "faults": [{ "kind": "status", "status": 503, "at": "20s", "for": "20s", "probability": 0.7 }],
  "thresholds": { "availability": [{ "threshold": ">=95%", "over": "each_seed" }], "call_duration": ["p(50)<2s"] }
}
EOF
for n in 1 2 5; do
    rm -rf parts merged.json && mkdir parts
    whole=$(code_of "$program" run own/own.json -p own/policy.json --seeds 9 -q -o json=whole.json)
    grep -q '"over": "each_seed"' whole.json || { cat err.txt; exit 1; }
    for i in $(seq "$n"); do
        "$program" run own/own.json -p own/policy.json --seeds 9 -q --shard "$i/$n" -o "json=parts/$i.json" >/dev/null 2>&1
        "$program" run own/own.json -p own/policy.json --seeds 9 -q --jobs 3 --shard "$i/$n" -o json=again.json >/dev/null 2>&1
        cmp "parts/$i.json" again.json # parts are reproducible too
    done
    mv own away
    merged=$(code_of "$program" merge parts/*.json -q -o json=merged.json)
    mv away own
    cmp whole.json merged.json
    [ "$whole" = "$merged" ]
    compared=$((compared + 1))
done

# Several scenarios share one deal: each part has a file of each, each merges by itself.
for i in 1 2 3; do
    mkdir "deal$i.d"
    "$program" run quickstart all-down -q --seeds 4 --shard "$i/3" -o "json=deal$i.d/" >/dev/null 2>&1
done
for scenario in quickstart all-down; do
    code_of "$program" run "$scenario" -q --seeds 4 -o json=whole.json >/dev/null
    code_of "$program" merge "deal1.d/$scenario.json" "deal2.d/$scenario.json" "deal3.d/$scenario.json" -q -o json=merged.json >/dev/null
    cmp whole.json merged.json
    compared=$((compared + 1))
done

# A part keeps to the schema of results.
"$program" schema result >schema.json
"$program" check --against schema.json parts/1.json >/dev/null
echo "$compared wholes are equal to their merged parts, byte by byte"
