#!/usr/bin/env bash
# The long run of settlement under fire: ten minutes, and a million tokens shown after their sign-out was answered.
#   scripts/fire.sh [--seconds N] [--attempts N] [--seed N]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh build test
swift build --product exeunt
swift build --product NotesExample
scripts/venv.sh
exec .build/venv/bin/python Tests/EndToEnd/fire.py "$@"
