#!/bin/bash
# SPDX-License-Identifier: MIT
# Gate: each header compiles alone, twice in a row. headers.sh ROOT
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
cd "${1:?usage: headers.sh ROOT}"

check_one() {
    printf '#include "%s"\n#include "%s"\ntypedef int sq_not_empty;\n' "$1" "$1" |
        "${CC:-cc}" -std=c11 -Wall -Wextra -Wpedantic -Wstrict-prototypes -Wundef -Werror -I. \
            -fsyntax-only -x c - || { echo "$1: does not stand alone"; return 1; }
}
export -f check_one
"$here/c_files.sh" . | { grep '\.h$' || true; } |
    xargs -r -I '{}' -P "$(nproc)" bash -c 'check_one {}'
