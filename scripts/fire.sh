#!/usr/bin/env bash
# The long run of settlement under fire: ten minutes, and a million tokens shown after their sign-out was answered.
#   scripts/fire.sh [--seconds N] [--attempts N] [--seed N] [--folder FOLDER]
# EXEUNT_BIN and NOTES_BIN name other programs than the release builds; FIRE_CUT=relay cuts by a relay in any case.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
source scripts/release-programs.sh
scripts/venv.sh
scripts/node-modules.sh
scripts/django.sh install
PYTHONDONTWRITEBYTECODE=1 exec .build/venv/bin/python Tests/EndToEnd/fire.py "$@"
