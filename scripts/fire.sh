#!/usr/bin/env bash
# The long run of settlement under fire: ten minutes, and a million tokens shown after their sign-out was answered.
#   scripts/fire.sh [--seconds N] [--attempts N] [--seed N] [--folder FOLDER]
# EXEUNT_BIN and NOTES_BIN name other programs than the release builds; FIRE_CUT=relay cuts by a relay in any case.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
if [[ -z ${EXEUNT_BIN:-} || -z ${NOTES_BIN:-} ]]; then
    # What is shipped is put under fire, and it answers more often than a debug build.
    scripts/build.sh
    flags=(-c release --product NotesExample)
    # As in build.sh, so that nothing is compiled twice.
    if [[ $(uname) == Linux ]]; then flags+=(--static-swift-stdlib); fi
    swift build "${flags[@]}" >&2
fi
scripts/venv.sh
scripts/node-modules.sh
scripts/django.sh install
export EXEUNT_BIN=${EXEUNT_BIN:-$PWD/.build/release/exeunt} NOTES_BIN=${NOTES_BIN:-$PWD/.build/release/NotesExample}
PYTHONDONTWRITEBYTECODE=1 exec .build/venv/bin/python Tests/EndToEnd/fire.py "$@"
