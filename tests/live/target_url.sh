#!/bin/bash
# SPDX-License-Identifier: MIT
# Somebody else's endpoint: our headers never go there, the key does, the limits hold, and neither
# key, prompt nor answer appears in anything that is printed or written.
set -u
squall=${SQUALL:?names the program}
endpoint=${1:?usage: target_url.sh ENDPOINT-PROGRAM}
folder=$(mktemp -d)
failed=0
"$endpoint" "$folder/port" "$folder/log" &
server=$!
# shellcheck disable=SC2317
clean() {
    kill "$server" 2>/dev/null
    rm -rf "$folder"
}
trap clean EXIT
for _ in $(seq 100); do
    [ -s "$folder/port" ] && break
    sleep 0.05
done
url="http://127.0.0.1:$(cat "$folder/port")/v1"

complain() {
    echo "FAILED: $1"
    failed=1
}

export OPENAI_API_KEY=PLANTED-KEY-9c2e41
cd "$folder" || exit 1
"$squall" run quickstart -v --mode live --target-url "$url" --max-calls 12 -p none \
    --set 'thresholds={"availability":[">=99%"]}' --label planted=no \
    --set 'workload.requests=[{"weight":3,"stream":true,"output_tokens":20},{"output_tokens":20}]' \
    --set 'workload.prompts={"texts":[{"id":"a","text":"PLANTED-PROMPT-31d0"}]}' \
    -o out.json -o out.html -o out.xml -o text=out.txt >out 2>err
code=$?
# On a busy machine the load generator may fall behind: inconclusive is no failure here.
[ "$code" = 0 ] || { [ "$code" = 5 ] && grep -q 'fell behind' out; } || {
    complain "exit code $code"
    cat out err
}

sent=$(grep -c '^POST /v1/chat/completions HTTP/1.1' log)
[ "$sent" = 12 ] || complain "$sent requests, not 12"
grep -qi 'x-squall' log && complain "a header of ours went to somebody else"
keys=$(grep -c '^Authorization: Bearer PLANTED-KEY-9c2e41' log)
[ "$keys" = 12 ] || complain "$keys requests with the key, not 12"
caps=$(grep -c '"max_tokens":' log)
[ "$caps" = 12 ] || complain "$caps requests with max_tokens, not 12"

# The first words of the first prompt, and all that was planted.
prompt=$(sed -n 's/.*"role":"user","content":"\([^"\\]\{12\}\).*/\1/p' log | head -1)
[ -n "$prompt" ] || complain "no prompt was found in the log"
for secret in PLANTED-KEY-9c2e41 PLANTED-PROMPT-31d0 PLANTED-ANSWER-5b1f PLANTED-HEADER-77aa "$prompt"; do
    grep -rlF -e "$secret" out err out.json out.html out.xml out.txt &&
        complain "this was written: $secret"
done
grep -q '"estimated": true' out.json || complain "the result does not say that it is estimated"
grep -q 'estimated' out || complain "the summary does not say that it is estimated"
# Usage of the answers where given (plain: 11 in, 7 out), else estimates.
grep -q '"answers": 12\|"first_try": 12' out.json || { complain "not 12 answers"; head -60 out.json; }

# A limit in money: no more than planned.
rm -f log
"$squall" run quickstart -q --mode live --target-url "$url" --max-cost 0.005 -p none \
    --set providers.inhouse.models.llama.price.input=1 \
    --set 'thresholds={"availability":[">=99%"]}' -o cost.json >out 2>err
sent=$(cat log 2>/dev/null | grep -c '^POST ')
if [ "$sent" -lt 1 ] || [ "$sent" -gt 60 ]; then
    complain "$sent requests for half a cent"
fi

# One role only: the others stay with our own server.
rm -f log
"$squall" run quickstart -q --mode live --target-url "backup=$url" --max-calls 5 -p none >out 2>err
[ -s log ] && complain "a role that is never asked was asked"
"$squall" run quickstart -q --mode live --target-url "nobody=$url" >out 2>err
grep -q "the scenario has no role 'nobody'" err || complain "an unknown role is not said"

# A key that would break a header, and a URL with a secret in it: refused, not shown.
OPENAI_API_KEY=$'PLANTED-KEY\r\nX: y' "$squall" run quickstart --mode live --target-url "$url" \
    >out 2>err
code=$?
[ "$code" = 4 ] || complain "exit code $code for a broken key"
grep -q 'PLANTED' out err && complain "a broken key was shown"
"$squall" run quickstart --mode live --target-url "http://x:PLANTED@127.0.0.1/" >out 2>err
code=$?
[ "$code" = 2 ] || complain "exit code $code for a password in a URL"
grep -q 'PLANTED' out err && complain "a password was shown"

# Nobody there.
kill "$server"
wait "$server" 2>/dev/null
"$squall" run quickstart --mode live --target-url "$url" >out 2>err
code=$?
[ "$code" = 4 ] || complain "exit code $code with nobody there"
grep -q "nobody answers at $url/chat/completions" err || complain "nobody there is not said"
[ "$failed" = 0 ] && echo "target url: good"
exit "$failed"
