#!/bin/bash
# SPDX-License-Identifier: MIT
# tests/arch/c_files.sh ROOT: every C file of the project, sorted, relative to ROOT. Folders that do
# not exist yet are passed over; what was built or downloaded is not ours.
set -euo pipefail
cd "${1:?usage: c_files.sh ROOT}"

for folder in base host policies wire mockprovider scenarios sim search reports cli tests bench \
    examples; do
    if [ -d "$folder" ]; then
        find "$folder" -name node_modules -prune -o -name '*.[ch]' -type f -print
    fi
done | LC_ALL=C sort
