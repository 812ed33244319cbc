#!/bin/bash
# SPDX-License-Identifier: MIT
# Gate: the first line of a C file names the licence and a file comment follows; a shell script says
# it under its first line. spdx.sh ROOT
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
cd "${1:?usage: spdx.sh ROOT}"

wrong=0
while read -r file; do
    { read -r first && read -r second; } <"$file" || true
    if [ "${first:-}" != "/* SPDX-License-Identifier: MIT */" ]; then
        echo "$file:1: first line must be /* SPDX-License-Identifier: MIT */"
        wrong=$((wrong + 1))
    elif [[ "${second:-}" != "/*"* ]]; then
        echo "$file:2: a comment must say what the file is for"
        wrong=$((wrong + 1))
    fi
done < <("$here/c_files.sh" .)

while read -r file; do
    if [ "$(sed -n 2p "$file")" != "# SPDX-License-Identifier: MIT" ]; then
        echo "$file:2: second line must be # SPDX-License-Identifier: MIT"
        wrong=$((wrong + 1))
    fi
done < <(find . \( -name node_modules -o -name 'build*' -o -name .git \) -prune \
    -o -name '*.sh' -type f -print | LC_ALL=C sort)

echo "$wrong files without"
[ "$wrong" -eq 0 ]
