#!/bin/bash
# SPDX-License-Identifier: MIT
# Rewrites every C file as .clang-format says. The gate arch/format checks the same files.
set -euo pipefail
cd "$(dirname "$0")/.."

tests/arch/c_files.sh . | xargs -r clang-format -i
