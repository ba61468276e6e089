#!/usr/bin/env bash
# Audits the broken and the correct applications of Tests/Audit, and writes docs/audit-zoo.md.
#   scripts/audit-zoo.sh [--check | --show NAME …]   what it takes is explained in Tests/Audit/matrix.py
# The program is EXEUNT_BIN, by default .build/debug/exeunt.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/venv.sh
PYTHONPATH=Tests PYTHONDONTWRITEBYTECODE=1 exec .build/venv/bin/python -m Audit.matrix "$@"
