#!/bin/bash
# SPDX-License-Identifier: MIT
# squall serve as people start and end it: signals with and without COMMAND, --for, a port in use.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
cat >small.json <<'JSON'
{
  "schema": "squall/scenario/1", "title": "One quick model", "duration": "10s",
  "workload": { "phases": [{ "duration": "10s", "arrival_rate": 1 }] },
  "providers": { "openai": { "models": { "gpt-4o": { "ttft": "1ms", "tokens_per_second": 1000 } } } }
}
JSON
failed=0
complain() {
    echo "FAILED: $1"
    tail -5 "$folder/out" "$folder/err"
    failed=1
}

# Starts serve in the background and waits until it has told where it is.
start() {
    rm -f out err
    "$SQUALL" serve small.json "$@" >out 2>err &
    server=$!
    for _ in $(seq 200); do
        grep -q '^serving openai http://127.0.0.1:[0-9]*/v1$' out && return 0
        sleep 0.05
    done
    complain "serve $* does not start"
    return 1
}

# ends CODE WHAT: waits for the server and looks at how it ended.
ends() {
    wait "$server"
    local code=$?
    [ "$code" = "$1" ] || complain "$2: exit code $code, not $1"
    grep -q "^squall: .* (exit $1)\$" out || complain "$2: no last line"
}

for signal in INT TERM; do
    start && { kill -$signal "$server"; ends 0 "SIG$signal without COMMAND"; }
done

# A signal is handed on; COMMAND ends as it likes, and that is not held against it.
start -- sh -c 'trap "echo told; exit 9" TERM; echo ready; while :; do sleep 0.05; done' && {
    until grep -q ready out; do sleep 0.05; done
    kill -TERM "$server"
    ends 0 "SIGTERM with COMMAND"
    grep -q told out || complain "COMMAND was not told of SIGTERM"
}

# A second signal ends a COMMAND that does not listen.
start -- sh -c 'trap "" INT TERM; echo ready; while :; do sleep 0.05; done' && {
    until grep -q ready out; do sleep 0.05; done
    kill -TERM "$server"
    sleep 0.3
    kill -0 "$server" 2>/dev/null || complain "serve did not wait for COMMAND"
    kill -TERM "$server"
    ends 0 "a second SIGTERM"
}

start --for 300ms -- sleep 60 && ends 0 "--for with COMMAND"
start --for 20s --speed 100 && ends 0 "--for is scenario time"

# The port of a server that runs.
start && {
    port=$(sed -n 's/^serving openai http:\/\/127.0.0.1:\([0-9]*\)\/v1$/\1/p' out)
    "$SQUALL" serve small.json --port "openai=$port" --for 1s >second.out 2>second.err
    code=$?
    [ "$code" = 4 ] || complain "a port in use: exit code $code, not 4"
    grep -q "$port" second.err || complain "a port in use is not named: $(cat second.err)"
    kill -INT "$server"
    ends 0 "SIGINT after all"
    start --port "openai=$port" && {
        grep -q ":$port/v1" out || complain "--port is not used"
        kill -INT "$server"
        ends 0 "with --port"
    }
}
exit "$failed"
