#!/bin/bash
# SPDX-License-Identifier: MIT
# Judge: the official OpenAI client from npm. judge.sh ROOT BUILD. It runs through squall serve; then our
# own count of calls and attempts must be what it saw. Needs node and npm (else skipped), and npm's
# registry once: packages stay in BUILD/judges/openai until the lock file changes.
set -euo pipefail
root="${1:?usage: judge.sh ROOT BUILD}" build="${2:?usage: judge.sh ROOT BUILD}"
here="$root/tests/judges/openai" folder="$build/judges/openai"
for program in node npm; do
    if ! command -v "$program" >/dev/null; then
        echo "$program is missing (Debian: apt-get install nodejs npm)"
        exit 77
    fi
done
if grep -q '"resolved"' "$here/package-lock.json"; then
    echo "package-lock.json names a registry: make it anew with the .npmrc beside it"
    exit 1
fi

mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
if ! cmp -s "$here/package-lock.json" "$folder/installed.json"; then
    if [ "${NO_INSTALL:-}" = 1 ]; then
        echo "the npm packages of $here are missing, and NO_INSTALL=1 forbids to install them"
        exit 77
    fi
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$folder/"
    (cd "$folder" && npm ci --ignore-scripts >npm.log 2>&1) || {
        cat "$folder/npm.log"
        echo "npm ci failed"
        [ -n "${SQUALL_FULL:-}" ] && exit 1
        exit 77
    }
    cp "$here/package-lock.json" "$folder/installed.json"
fi
cp "$here/test.mjs" "$folder/test.mjs"
flock -u 9

result="$(mktemp)"
trap 'rm -f "$result" "$result.out"' EXIT
if ! "$SQUALL" serve "$root/tests/judges/openai.json" -o "json=$result" \
    -- node --test --test-reporter=spec "$folder/test.mjs" >"$result.out" 2>&1; then
    cat "$result.out"
    exit 1
fi
# What the client counted, counted by us: 3 healthy calls, one of 3 and one of 2 attempts that recover,
# a 401 and a call of three 500s that fail; the missing model is nobody's attempt.
node -e '
const [column] = JSON.parse(require("fs").readFileSync(process.argv[1])).columns;
const { calls, outcomes } = column.total;
const seen = JSON.stringify([calls, column.attempts, outcomes.first_try, outcomes.recovered, outcomes.failed]);
if (seen !== "[7,12,3,2,2]") {
    console.log(`calls, attempts, first_try, recovered, failed: ${seen}`);
    process.exit(1);
}' "$result"
grep -q "1 request reached no model" "$result.out" || { cat "$result.out"; exit 1; }
grep "^ℹ \(tests\|pass\|fail\)" "$result.out" || true
echo "openai $(node -p 'require(process.argv[1]).version' "$folder/node_modules/openai/package.json"), node $(node --version)"
