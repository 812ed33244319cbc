#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds the fuzzers and runs each for five seconds; what they find on the way stays below build/fuzz.
set -eu
cd "$SQUALL_SOURCE_DIR"
compgen -G "$(clang -print-runtime-dir 2>/dev/null)/libclang_rt.fuzzer-*.a" >/dev/null || exit 77
scripts/fuzz.sh 5
