#!/usr/bin/env bash
# The long run of several nodes, their database, their Redis and their verifiers under faults, alone and in pairs.
#   scripts/faults.sh [--seconds N] [--seed N] [--folder FOLDER]
# Ten minutes unless N says otherwise. It takes root, for networks of its own. EXEUNT_BIN and NOTES_BIN name other
# programs than the release builds.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
if [[ -z ${EXEUNT_BIN:-} || -z ${NOTES_BIN:-} ]]; then
    scripts/build.sh
    flags=(-c release --product NotesExample)
    # As in build.sh, so that nothing is compiled twice.
    if [[ $(uname) == Linux ]]; then flags+=(--static-swift-stdlib); fi
    swift build "${flags[@]}" >&2
fi
scripts/venv.sh
scripts/node-modules.sh
export EXEUNT_BIN=${EXEUNT_BIN:-$PWD/.build/release/exeunt} NOTES_BIN=${NOTES_BIN:-$PWD/.build/release/NotesExample}
PYTHONDONTWRITEBYTECODE=1 exec .build/venv/bin/python Tests/EndToEnd/faults.py --seconds 600 "$@"
