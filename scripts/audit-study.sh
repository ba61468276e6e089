#!/usr/bin/env bash
# Audits software that others wrote, in the versions that Tests/Audit/real_software/requirements.txt pins, and writes
# docs/study.md. What is in JavaScript and in PHP is Debian's:
#   apt-get install --no-install-recommends node-express node-passport node-cookies dokuwiki php-cli
#   scripts/audit-study.sh [--check]
# The program is EXEUNT_BIN, by default .build/debug/exeunt.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/venv.sh
pins=Tests/Audit/real_software/requirements.txt
packages=.build/audited-software
wanted=$( (python3 --version && cat "$pins") | sha256sum)
if [[ $(cat "$packages/made-for" 2>/dev/null) != "$wanted" ]]; then
    echo "Fetching the software that is audited." >&2
    rm -rf "$packages"
    .build/venv/bin/python -m pip install --quiet --disable-pip-version-check --target "$packages" --requirement "$pins" >&2
    echo "$wanted" >"$packages/made-for"
fi
PYTHONPATH=Tests PYTHONDONTWRITEBYTECODE=1 exec .build/venv/bin/python -m Audit.real_software.study "$@"
