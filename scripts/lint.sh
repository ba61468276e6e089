#!/usr/bin/env bash
# Checks the code's form without changing it.
#   scripts/lint.sh [swift | python | javascript | shell | openapi | vectors …], by default all of them
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob

lint_swift() {
    swift format lint --strict --parallel --recursive Package.swift Sources Tests examples Benchmarks*/
}

# The configuration in Tests/EndToEnd is that of all our Python.
lint_python() (
    scripts/venv.sh
    export RUFF_CACHE_DIR=$PWD/.build/ruff-cache MYPY_CACHE_DIR=$PWD/.build/mypy-cache PATH=$PWD/.build/venv/bin:$PATH
    cd Tests/EndToEnd
    places=(. ../Audit ../../scripts ../../Benchmarks*/ ../../clients/vectors ../../clients/django ../../examples/django ../../examples/redis)
    ruff check --quiet "${places[@]}" &&
        ruff format --check --quiet "${places[@]}" &&
        mypy --no-error-summary . ../../scripts/*.py &&
        mypy --no-error-summary ../Audit &&
        mypy --no-error-summary ../../clients/vectors &&
        mypy --no-error-summary ../../examples/redis/check.py &&
        (cd ../../clients/django && mypy --no-error-summary)
)

lint_javascript() {
    tsc --noEmit --allowJs --checkJs --strict --target es2022 --lib es2022,dom,dom.iterable --moduleDetection force \
        Sources/ExeuntHTTP/Pages/Assets/*.js &&
        tsc --project clients/node &&
        tsc --project examples/express &&
        tsc --project examples/redis &&
        tsc --project Tests/Audit/unseen/express &&
        tsc --project clients/browser &&
        tsc --project examples/frontend &&
        clients/browser/build.sh --check
}

lint_shell() {
    shellcheck .ci/run scripts/*.sh clients/browser/build.sh examples/*/run.sh packaging/debian/*
}

lint_openapi() {
    scripts/venv.sh
    .build/venv/bin/python scripts/openapi.py --check
}

lint_vectors() {
    scripts/venv.sh
    PYTHONDONTWRITEBYTECODE=1 .build/venv/bin/python clients/vectors/generate.py --check
}

if (($# == 0)); then
    set -- swift python javascript shell openapi vectors
    scripts/setup.sh build lint
fi
wrong=()
for language in "$@"; do "lint_$language" || wrong+=("$language"); done
if ((${#wrong[@]})); then
    echo "Not in good form: ${wrong[*]}. \`make format\` mends what can be mended." >&2
    exit 1
fi
