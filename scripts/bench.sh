#!/usr/bin/env bash
# Measures, and writes docs/bench.json and the table made from it, docs/bench.md.
# BENCH_QUICK=1 tries everything in three minutes instead of fifteen. BENCH_ONLY=apps measures what a check costs in
# applications, and leaves the other figures as they are.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ $(uname) != Linux ]]; then echo "The measurements read /proc: they run on Linux only." >&2 && exit 2; fi
scripts/setup.sh build bench
scripts/node-modules.sh bench
scripts/django.sh install
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

options=()
if [[ ${BENCH_QUICK:-} == 1 ]]; then options+=(--quick); fi
if [[ ${BENCH_ONLY:-} == apps ]]; then options+=(--only-apps); fi
PYTHONDONTWRITEBYTECODE=1 exec python3 Benchmarks/run.py "${options[@]}"
