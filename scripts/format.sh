#!/usr/bin/env bash
# Formats the code in place, and makes again what is made from other files.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob

scripts/setup.sh build lint
swift format --in-place --parallel --recursive Package.swift Sources Tests examples Benchmarks*/
scripts/venv.sh
.build/venv/bin/python scripts/openapi.py

.build/venv/bin/python clients/vectors/generate.py
clients/browser/build.sh

export RUFF_CACHE_DIR=$PWD/.build/ruff-cache PATH=$PWD/.build/venv/bin:$PATH
cd Tests/EndToEnd # Its configuration is that of all our Python.
places=(. ../Audit ../../scripts ../../Benchmarks*/ ../../clients/vectors ../../clients/django ../../examples/django)
ruff check --fix-only --quiet "${places[@]}"
ruff format --quiet "${places[@]}"
