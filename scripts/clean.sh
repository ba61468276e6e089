#!/usr/bin/env bash
# Removes what was built, and keeps the fetched Swift packages and the data.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf dist .build-upgrade .build/archives .build/release.stamp .build/reports .build/venv .build/django-* \
    clients/node/node_modules examples/express/node_modules Benchmarks/apps/node_modules
if [[ -d .git ]]; then git worktree prune; fi
if [[ -d .build ]]; then swift package clean; fi
