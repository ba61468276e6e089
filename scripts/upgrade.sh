#!/usr/bin/env bash
# Exchanges servers of an earlier revision for those of this one, one after the other, while clients and verifiers go on.
#   scripts/upgrade.sh REVISION [argument of pytest …]
# The earlier program is built in a worktree of its own, .build-upgrade/COMMIT, which is kept for the next time.
# EXEUNT_BIN names another program than this tree's debug build, UPGRADE_FROM a program in the place of REVISION's.
set -euo pipefail
cd "$(dirname "$0")/.."
(($# > 0)) || { sed --quiet '2,5s/^# *//p' "$0" >&2 && exit 2; }

scripts/setup.sh build test
commit=$(git rev-parse --short --verify "$1^{commit}")
shift
tree=$PWD/.build-upgrade/$commit
if [[ -z ${UPGRADE_FROM:-} ]]; then
    [[ -e $tree ]] || git worktree add --quiet --detach "$tree" "$commit"
    # What this tree has fetched need not be fetched again.
    mkdir -p "$tree/.build"
    for fetched in repositories checkouts workspace-state.json; do
        if [[ -e .build/$fetched && ! -e $tree/.build/$fetched ]]; then cp -a ".build/$fetched" "$tree/.build/"; fi
    done
    cp -n Package.resolved "$tree/" 2>/dev/null || true
    (cd "$tree" && swift build --product exeunt)
fi
if [[ -z ${EXEUNT_BIN:-} ]]; then swift build --product exeunt; fi
scripts/venv.sh
export UPGRADE_FROM=${UPGRADE_FROM:-$tree/.build/debug/exeunt} EXEUNT_BIN=${EXEUNT_BIN:-$PWD/.build/debug/exeunt}
UPGRADE_TO=$EXEUNT_BIN exec .build/venv/bin/pytest Tests/EndToEnd/test_upgrading.py --store postgres "$@"
