#!/usr/bin/env bash
# Runs the settlement protocol in simulated bad weather, with 100,000 seeds on all cores. (docs/settlement.md)
#   scripts/simulate.sh [--seeds N] [--from SEED] [--variant NAME]
#   scripts/simulate.sh --seed SEED [--variant NAME]      tells the history of one seed
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh build
swift build -c release --product Simulate --scratch-path .build >&2
exec .build/release/Simulate "$@"
