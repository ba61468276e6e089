#!/usr/bin/env bash
# Makes exeunt.min.js of exeunt.js, with esbuild.
#   clients/browser/build.sh [--check]   with --check it only looks whether that has been done
set -euo pipefail
cd "$(dirname "$0")"

digest=$(sha256sum exeunt.js)
banner="/*! Exeunt, Apache-2.0; made of exeunt.js ${digest:0:16} */"

if [[ ${1:-} != --check ]]; then
    esbuild --minify --target=es2022 --banner="$banner" <exeunt.js >exeunt.min.js
elif ! grep --quiet --fixed-strings "$banner" exeunt.min.js; then
    echo "exeunt.min.js is not made of this exeunt.js: run clients/browser/build.sh" >&2
    exit 1
fi
