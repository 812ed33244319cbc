#!/bin/bash
# SPDX-License-Identifier: MIT
# Judge: outside vectors through squall check --against. judge.sh ROOT BUILD. JSONTestSuite from npm
# (what RFC 8259 allows is read, what it forbids is refused), the JSON Schema Test Suite of draft
# 2020-12 from Debian. Without them there is nothing to judge by: skipped, with FULL=1 a failure.
set -euo pipefail
root="${1:?usage: judge.sh ROOT BUILD}" build="${2:?usage: judge.sh ROOT BUILD}"
here="$root/tests/judges/vectors" folder="$build/judges/vectors"
suite=/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance/tests/draft2020-12
if [ ! -d "$suite" ]; then
    echo "$suite is missing (Debian: apt-get install libtest-json-schema-acceptance-perl)"
    exit 77
fi
# shellcheck source=tests/judges/npm.sh
. "$root/tests/judges/npm.sh"
npm_packages "$here" "$folder"
cp "$here/vectors.mjs" "$folder/vectors.mjs"
node "$folder/vectors.mjs" "$SQUALL" "$suite"
