#!/bin/bash
# SPDX-License-Identifier: MIT
# Gate: every C file is as clang-format writes it (`make format`). format.sh ROOT
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
cd "${1:?usage: format.sh ROOT}"
command -v clang-format >/dev/null || exit 77

"$here/c_files.sh" . | xargs -r -n 16 -P "$(nproc)" clang-format --dry-run -Werror
