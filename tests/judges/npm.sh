#!/bin/bash
# SPDX-License-Identifier: MIT
# For judges that use npm packages; sourced. npm_packages HERE FOLDER installs what HERE's lock file
# says into FOLDER, once until that file changes. Exits 77 (skipped) where it can't; with FULL=1 a
# failed install is a failure.

npm_packages() {
    local here="$1" folder="$2" program
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
    flock -u 9
}
