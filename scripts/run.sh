#!/bin/bash
# SPDX-License-Identifier: MIT
# The first minute with squall: builds the program and runs the quickstart scenario in virtual time
# and over real sockets. The exit code is squall's own.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh build
scripts/build.sh release squall

mkdir -p squall-report
code=0
build/release/squall run quickstart --mode both --progress always \
    -o squall-report/result.json -o squall-report/report.html </dev/null || code=$?

for file in squall-report/report.html squall-report/result.json; do
    if [ ! -s "$file" ]; then
        echo "run: $file was not written" >&2
        [ "$code" -ne 0 ] || code=4
    fi
done
if [ "$code" -eq 0 ] || [ "$code" -eq 1 ]; then
    cat <<EOT

The report:  squall-report/report.html   (open it in a browser)
The result:  squall-report/result.json   (every number, for programs)

Next, to copy:
    build/release/squall list scenarios
    build/release/squall run quickstart --policy openai-python-2.52 --policy recommended
    build/release/squall explain policy.retry
EOT
fi
exit "$code"
