#!/bin/bash
# SPDX-License-Identifier: MIT
# Judge: the official OpenAI client from npm. judge.sh ROOT BUILD. It runs through squall serve; then our
# own count of calls and attempts must be what it saw. Needs node and npm (else skipped), and npm's
# registry once: packages stay in BUILD/judges/openai until the lock file changes.
set -euo pipefail
root="${1:?usage: judge.sh ROOT BUILD}" build="${2:?usage: judge.sh ROOT BUILD}"
here="$root/tests/judges/openai" folder="$build/judges/openai"
# shellcheck source=tests/judges/npm.sh
. "$root/tests/judges/npm.sh"
npm_packages "$here" "$folder"
cp "$here/test.mjs" "$folder/test.mjs"

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
