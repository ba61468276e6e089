#!/usr/bin/env bash
# Runs every test: the form of the code, the Swift suites, those of the clients in JavaScript and Python, and the
# end-to-end suites in real browsers.
#   scripts/test.sh [--swift-only | --clients-only | --e2e-only] [argument of `swift test` or of pytest …]
# The last line gives the totals; the exit status is 0 if nothing failed.
set -euo pipefail
cd "$(dirname "$0")/.."

only=${1:-}
case $only in
    "") ;;
    --swift-only | --clients-only | --e2e-only) shift ;;
    *) sed --quiet '2,5s/^# *//p' "$0" >&2 && exit 2 ;;
esac

reports=.build/reports

# The Python suites wait more than they reckon, so several files of each go on at once; a file's tests share servers and
# stay together. What is asked for by arguments comes one after the other, so that -s and --pdb do what they say.
at_once=(-n "${PYTEST_WORKERS:-3}" --dist loadfile --no-loadscope-reorder)
(($# == 0)) || at_once=()

# part NAME COMMAND… runs a part whose reports are $reports/NAME.xml, or several NAME-….xml, and makes sure that a failure
# is in one of them.
part() {
    local report=$reports/$1
    shift
    if ! "$@" && ! grep --quiet --no-messages -E '<failure|<error' "$report".xml "$report"-*.xml; then
        echo "<testcase ><failure>$* stopped before its end</failure></testcase>" >>"$report.xml"
    fi
}

# pytest ends with 5 when the arguments leave no test: in one of several parts that is no failure.
some_tests() { .build/venv/bin/pytest "$@" || (($? == 5)); }

# What does not depend on the store is seen once, with SQLite: the browser's client and its cookie jar are tried on a
# double of the server, and how pages look, what the examples leave in a browser and what an audit finds is the same
# wherever sessions are.
# The server is killed less often, because each round ends the same way and the file's own damage is not looked for.
on_postgres() {
    local once=('test_browser_client*' test_cookie_jar test_pages test_applications_in_browsers)
    once+=(test_audit_of_ourselves)
    once=("${once[@]/#/--ignore-glob=*/}")
    CRASH_ROUNDS=${CRASH_ROUNDS:-15} some_tests Tests/EndToEnd --store postgres "${once[@]/%/.py}" \
        --junit-xml "$reports/end-to-end-postgres.xml" "${at_once[@]}" "$@"
}

# The tests that share one server, with three behind its address.
on_nodes() {
    local shared=(test_sessions test_account test_cookies test_bad_input test_bad_intent test_browser)
    shared=("${shared[@]/#/Tests/EndToEnd/}")
    some_tests "${shared[@]/%/.py}" --store postgres --nodes 3 \
        --junit-xml "$reports/end-to-end-nodes.xml" "${at_once[@]}" "$@"
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

# Whether a part of the tests is wanted.
wants() { [[ -z $only || $only == "--$1-only" ]]; }

build=(--build-tests)
if ! wants swift; then
    swift build --product NotesExample
    swift build --product ExeuntNext
    build=(--product exeunt)
fi
swift build "${build[@]}" --explicit-target-dependency-import-check error
export EXEUNT_BIN=$PWD/.build/debug/exeunt

if wants swift; then
    part form scripts/lint.sh swift
    part swift swift test --skip-build --disable-xctest --xunit-output "$reports/swift.xml" "$@"
fi
if wants clients || wants e2e; then
    scripts/node-modules.sh
    scripts/django.sh install
fi
if wants clients; then
    part node node --test --test-concurrency="${PYTEST_WORKERS:-3}" --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=junit --test-reporter-destination="$reports/node.xml" clients/node/test
    part django scripts/django.sh "$reports/django" "${at_once[@]}" "$@"
fi
if wants e2e; then
    scripts/venv.sh
    export CHROMIUM=${CHROMIUM:-$(command -v chromium)}
    export HYPOTHESIS_STORAGE_DIRECTORY=.build/hypothesis
    part end-to-end .build/venv/bin/pytest Tests/EndToEnd \
        --junit-xml "$reports/end-to-end.xml" "${at_once[@]}" "$@"
    part audit some_tests Tests/Audit --config-file Tests/EndToEnd/pyproject.toml \
        --junit-xml "$reports/audit.xml" "${at_once[@]}" "$@"
    part end-to-end-postgres on_postgres "$@"
    part end-to-end-nodes on_nodes "$@"
fi
totals
