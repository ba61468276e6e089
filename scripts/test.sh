#!/usr/bin/env bash
# Runs every test: the form of the Swift code, the Swift suites, and the end-to-end suites in real browsers.
#   scripts/test.sh [--swift-only | --e2e-only] [argument of `swift test` or of pytest …]
# The last line gives the totals; the exit status is 0 if nothing failed.
set -euo pipefail
cd "$(dirname "$0")/.."

only=${1:-}
case $only in
    "") ;;
    --swift-only | --e2e-only) shift ;;
    *) sed --quiet '2,4s/^# *//p' "$0" >&2 && exit 2 ;;
esac

reports=.build/reports

# part NAME COMMAND… runs a part whose report is $reports/NAME.xml, and makes sure that a failure is in it.
part() {
    local report=$reports/$1.xml
    shift
    if ! "$@" && ! grep --quiet --no-messages -E '<failure|<error' "$report"; then
        echo "<testcase ><failure>$* stopped before its end</failure></testcase>" >>"$report"
    fi
}

totals() {
    # Counted by hand: Swift Testing does not escape the names of tests, so its report need not be XML.
    awk 'BEGIN { RS = "<testcase " }
        FNR > 1 { if (/<failure|<error/) failed++; else if (/<skipped/) skipped++; else passed++ }
        END { printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""; exit failed > 0 }' \
        "$reports"/*.xml
}

scripts/setup.sh build test
rm -rf "$reports"
mkdir -p "$reports"

build=(--build-tests)
if [[ $only == --e2e-only ]]; then
    swift build --product NotesExample
    build=(--product exeunt)
fi
swift build "${build[@]}" --explicit-target-dependency-import-check error

if [[ $only != --e2e-only ]]; then
    part form scripts/lint.sh swift
    part swift swift test --skip-build --disable-xctest --xunit-output "$reports/swift.xml" "$@"
fi
if [[ $only != --swift-only ]]; then
    scripts/venv.sh
    export EXEUNT_BIN=$PWD/.build/debug/exeunt CHROMIUM=${CHROMIUM:-$(command -v chromium)}
    export HYPOTHESIS_STORAGE_DIRECTORY=.build/hypothesis
    part end-to-end .build/venv/bin/pytest Tests/EndToEnd --junit-xml "$reports/end-to-end.xml" "$@"
fi
totals
