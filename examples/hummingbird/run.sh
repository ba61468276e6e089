#!/usr/bin/env bash
# Builds and runs the notes application twice, beside an authority of its own. Ctrl-C stops all three.
#   AUTHORITY_PORT=8090 PORTS="8101 8102" examples/hummingbird/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

scripts/setup.sh build
swift build --product NotesExample >&2
exec scripts/example.sh .build/debug/NotesExample
