#!/usr/bin/env bash
# Builds what changed and serves Exeunt with two demo accounts. DATA=folder and LISTEN=host:port change where.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${DATA:-data}
listen=${LISTEN:-127.0.0.1:8080}

scripts/build.sh
echo "Exeunt: http://${listen/#127.0.0.1:/localhost:} (data in $data; Ctrl-C stops it)" >&2
exec .build/release/exeunt serve --data "$data" --listen "$listen" --demo
