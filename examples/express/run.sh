#!/usr/bin/env bash
# Runs the notes application in Express, twice, beside an authority of its own. Ctrl-C stops all three.
#   AUTHORITY_PORT=8090 PORTS="8101 8102" examples/express/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

scripts/node-modules.sh
exec scripts/example.sh node examples/express/server.js
