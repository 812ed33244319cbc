#!/bin/bash
# SPDX-License-Identifier: MIT
# install.sh TEST_EMBED: installs below an empty folder, builds the example with what pkg-config says
# and nothing else, and runs it by the test of the example. SQUALL_BUILD_DIR, SQUALL_SOURCE_DIR: set.
set -euo pipefail
test_embed="${1:?usage: install.sh TEST_EMBED}"
stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT

DESTDIR="$stage" cmake --install "$SQUALL_BUILD_DIR" --prefix /opt/squall >/dev/null
root="$stage/opt/squall"
"$root/bin/squall" version | grep -q '^squall '

# Only what is public, and nothing that needs more than what was installed.
if find "$root/include" -name '*_int.h' | grep .; then
    echo "install: these headers are not public" >&2
    exit 1
fi
mapfile -t headers < <(cd "$root/include/squall" && find . -name '*.h' -printf '%P\n' | sort)
printf 'installed %s\n' "${headers[*]}"
for header in "${headers[@]}"; do
    printf '#include "%s"\n' "$header" |
        "${CC:-cc}" -std=c11 -Wall -Werror -I "$root/include/squall" -fsyntax-only -x c -
done

PKG_CONFIG_PATH="$(dirname "$(find "$root" -name squall.pc)")"
export PKG_CONFIG_PATH
mkdir "$stage/app"
cp "$SQUALL_SOURCE_DIR/examples/embed.c" "$stage/app"
cd "$stage/app"
read -r -a flags < <(pkg-config --cflags --libs squall libcurl)
"${CC:-cc}" -std=c11 -D_POSIX_C_SOURCE=200809L embed.c "${flags[@]}" -o embed
EMBED="$PWD/embed" "$test_embed"
