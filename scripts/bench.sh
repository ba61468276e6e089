#!/usr/bin/env bash
# Measures, and writes docs/bench.json and the table made from it, docs/bench.md.
#   scripts/bench.sh [--quick] [--only apps | --only outbox | --only postgres]
# --quick, or BENCH_QUICK=1, tries everything in five minutes instead of half an hour. --only, or BENCH_ONLY=apps, measures
# what a check costs in applications, what telling receivers costs, or what is measured on PostgreSQL and with Redis, and leaves
# the other figures alone.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ $(uname) != Linux ]]; then echo "The measurements read /proc: they run on Linux only." >&2 && exit 2; fi
options=("$@")
if [[ ${BENCH_QUICK:-} == 1 ]]; then options+=(--quick); fi
if [[ ${BENCH_ONLY:-} ]]; then options+=(--only "$BENCH_ONLY"); fi
scripts/setup.sh build bench
if [[ " ${options[*]} " != *" postgres "* && " ${options[*]} " != *" outbox "* ]]; then
    scripts/node-modules.sh bench
    scripts/django.sh install
fi
scripts/build.sh
# With the flags of the program, so that neither has to be built anew for the other.
swift build -c release --product VerifierBench --static-swift-stdlib -Xlinker "-L$PWD/.build/archives" >&2

if [[ ! -e .build-bench/release/exeunt-load ]]; then echo "Building the tools that measure." >&2; fi
mkdir -p .build-bench
# The bare servers are to be built from the very versions that Exeunt is.
if ! cmp --silent Package.resolved .build-bench/made-with; then
    cp Package.resolved Benchmarks/Package.resolved
fi
swift build -c release --package-path Benchmarks --scratch-path .build-bench --static-swift-stdlib >&2
cp Package.resolved .build-bench/made-with

PYTHONDONTWRITEBYTECODE=1 exec python3 Benchmarks/run.py "${options[@]}"
