#!/usr/bin/env bash
# Makes .build/venv, with what Tests/EndToEnd/requirements.txt pins, if there is none or the pins have changed.
set -euo pipefail
cd "$(dirname "$0")/.."

pins=Tests/EndToEnd/requirements.txt
wanted=$( (python3 --version && pwd && cat "$pins") | sha256sum)
if [[ $(cat .build/venv/made-for 2>/dev/null) == "$wanted" ]]; then exit; fi

echo "Fetching the Python packages of the tests." >&2
rm -rf .build/venv
python3 -m venv .build/venv
.build/venv/bin/pip install --quiet --disable-pip-version-check --requirement "$pins" >&2
echo "$wanted" >.build/venv/made-for
