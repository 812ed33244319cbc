#!/bin/bash
# SPDX-License-Identifier: MIT
# The digests of the catalog, of every preset on it, against tests/golden/digests.txt: equal in every build, whatever compiler and
# optimisation. SQUALL_GOLDEN=write writes the file anew; say in the commit why.
set -eu
golden=$SQUALL_SOURCE_DIR/tests/golden/digests.txt
now=$(mktemp)
trap 'rm -f "$now" "$now.json"' EXIT
for scenario in $("$SQUALL" list scenarios | awk '{ print $1 }'); do
    for preset in $("$SQUALL" list presets | awk '{ print $1 }'); do
        code=0
        "$SQUALL" run "$scenario" -q -p "$preset" -o "json=$now.json" >/dev/null 2>&1 || code=$?
        echo "$scenario $preset exit $code" \
            "$(grep -o '"[a-z]*_digest": "[0-9a-f]*"' "$now.json" | tr -d '":' | sort | tr '\n' ' ')" >>"$now"
        rm -f "$now.json"
    done
done
[ -s "$now" ]
if [ "${SQUALL_GOLDEN:-}" = write ]; then
    cp "$now" "$golden"
fi
diff -u "$golden" "$now"
