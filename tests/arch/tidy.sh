#!/bin/bash
# SPDX-License-Identifier: MIT
# Gate: clang-tidy, as .clang-tidy says, over every source that the build compiles.
#
#   tidy.sh ROOT BUILD     BUILD holds compile_commands.json; BUILD/tidy remembers what was clean
#
# A file is looked at again when it, a header of ours that it includes, its flags, .clang-tidy or
# clang-tidy changed.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "${1:?usage: tidy.sh ROOT BUILD}" && pwd)"
build="$(cd "${2:?usage: tidy.sh ROOT BUILD}" && pwd)"
command -v clang-tidy >/dev/null || exit 77
cd "$root"

export root build
mkdir -p "$build/tidy"
TIDY_KEY="$(cat .clang-tidy "$here/tidy.sh" <(clang-tidy --version) | sha256sum)"
export TIDY_KEY

check_one() {
    local file="$1" flags key
    flags="$(grep -F -- "-c $root/$file\"" "$build/compile_commands.json" | head -n 1)"
    # The makefile rule of the compiler names the headers; those of the system are left out by -MM.
    key="$({ echo "$TIDY_KEY$flags"; cc -I. -MM "$file" 2>/dev/null | tr -d '\\' | tr ' ' '\n' |
        grep '\.[ch]$' | xargs cat; } | sha256sum | cut -c 1-40)"
    [ -f "$build/tidy/$key" ] && return 0
    # clang does not know gcc's flags of link-time optimisation.
    if clang-tidy --quiet -p "$build" --extra-arg=-Wno-ignored-optimization-argument \
        --warnings-as-errors='*' "$file" 2>"$build/tidy/$$.err"; then
        : >"$build/tidy/$key"
        rm -f "$build/tidy/$$.err"
    else
        grep -v 'warnings\? generated' "$build/tidy/$$.err" || true
        rm -f "$build/tidy/$$.err"
        return 1
    fi
}
export -f check_one

# Only what this build compiles: a file without flags cannot be read.
"$here/c_files.sh" . | { grep '\.c$' || true; } | while read -r file; do
    if grep -qF -- "-c $root/$file\"" "$build/compile_commands.json"; then
        echo "$file"
    fi
done | xargs -r -I '{}' -P "$(nproc)" bash -c 'check_one {}'
