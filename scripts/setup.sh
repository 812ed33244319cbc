#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs the Debian packages that are missing, by name, after saying which.
#
#   scripts/setup.sh build         what the program needs (build: must be there; wish: wanted)
#   scripts/setup.sh test          and what the tests need (wanted: without it they are skipped)
#   scripts/setup.sh full          and what make test FULL=1 needs (must be there)
#
# NO_INSTALL=1 installs nothing: with something missing that must be there it prints the list and
# exits 4. Exit codes: 0 ready; 2 usage; 4 something that must be there is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
build) kinds="build wish" must="build" ;;
test) kinds="build wish test" must="build" ;;
full) kinds="build wish test full" must="build wish test full" ;;
*)
    echo "usage: scripts/setup.sh build|test|full" >&2
    exit 2
    ;;
esac
# Whoever forbids installing hears of each missing test tool instead of finding tests skipped.
if [ "${NO_INSTALL:-}" = 1 ] && [ "$1" = test ]; then
    must="build test"
fi

has_word() { case " $1 " in *" $2 "*) return 0 ;; *) return 1 ;; esac }

is_present() { # cmd:a,b, pc:name, rt:name or file:path
    local names="${1#*:}" name
    for name in ${names//,/ }; do
        case "$1" in
        cmd:*) command -v "$name" >/dev/null || return 1 ;;
        pc:*) pkg-config --exists "$name" 2>/dev/null || return 1 ;;
        rt:*) compgen -G "$(clang -print-runtime-dir 2>/dev/null)/libclang_rt.$name-*.a" >/dev/null || return 1 ;;
        file:*) [ -e "$name" ] || return 1 ;;
        esac
    done
}

# Fills missing_must and missing_wish with package names.
look() {
    missing_must="" missing_wish=""
    local package kind probe
    while read -r package kind probe; do
        if has_word "$kinds" "$kind" && ! is_present "$probe"; then
            if has_word "$must" "$kind"; then
                missing_must="$missing_must $package"
            else
                missing_wish="$missing_wish $package"
            fi
        fi
    done < <(grep -hv '^#' scripts/packages.txt scripts/packages-full.txt)
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        echo "setup: not root and no sudo; run as root: $*" >&2
        return 1
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

updated=""
install() { # tries with the package lists as they are, then once with fresh ones
    apt install -y --no-install-recommends "$@" && return 0
    [ -z "$updated" ] || return 1
    updated=yes
    apt update && apt install -y --no-install-recommends "$@"
}

look
if [ -z "$missing_must$missing_wish" ]; then
    exit 0
fi
if [ "${NO_INSTALL:-}" = 1 ]; then
    echo "setup: not installed:$missing_must$missing_wish" >&2
    if [ -n "$missing_must" ]; then
        echo "setup: NO_INSTALL=1, so nothing was done; to install them:" >&2
        echo "    apt-get install --no-install-recommends$missing_must$missing_wish" >&2
        exit 4
    fi
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "setup: no apt-get here; please install what these Debian packages hold:" >&2
    echo "   $missing_must$missing_wish" >&2
    [ -z "$missing_must" ] && exit 0
    exit 4
fi

echo "setup: installing with apt-get:$missing_must$missing_wish" >&2
# One by one only when the whole list fails, so that one package does not take the others along.
# shellcheck disable=SC2086
if ! install $missing_must $missing_wish >&2; then
    for package in $missing_must $missing_wish; do
        install "$package" >&2 || true
    done
fi
hash -r
look
if [ -n "$missing_wish" ]; then
    echo "setup: going on without:$missing_wish" >&2
fi
if [ -n "$missing_must" ]; then
    echo "setup: could not install:$missing_must" >&2
    exit 4
fi
