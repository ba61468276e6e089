#!/usr/bin/env bash
# Runs the notes application in Django, twice, beside an authority of its own. Ctrl-C stops all three.
#   AUTHORITY_PORT=8090 PORTS="8101 8102" examples/django/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

scripts/django.sh install
export PYTHONPATH=$PWD/.build/django-5.2
exec scripts/example.sh .build/django-venv/bin/python examples/django/serve.py
