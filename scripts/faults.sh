#!/usr/bin/env bash
# The long run of several nodes, their database, their Redis and their verifiers under faults, alone and in pairs.
#   scripts/faults.sh [--seconds N] [--seed N] [--folder FOLDER]
# Ten minutes unless N says otherwise. It takes root, for networks of its own. EXEUNT_BIN and NOTES_BIN name other
# programs than the release builds.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
source scripts/release-programs.sh
scripts/venv.sh
scripts/node-modules.sh
PYTHONDONTWRITEBYTECODE=1 exec .build/venv/bin/python Tests/EndToEnd/faults.py --seconds 600 "$@"
