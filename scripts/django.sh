#!/usr/bin/env bash
# Tests the Django client on each version of Django that it supports, or only fetches what that takes.
#   scripts/django.sh install         fetches the packages to .build/django-VERSION
#   scripts/django.sh REPORT [argument of pytest …]   writes REPORT-VERSION.xml
set -euo pipefail
cd "$(dirname "$0")/.."

versions=(4.2.30 5.2.19)
pins=clients/django/tests/requirements.txt
python=$PWD/.build/django-venv/bin/python

if (($# == 0)); then sed --quiet '2,4s/^# *//p' "$0" >&2 && exit 2; fi

# install VERSION makes .build/django-X.Y, if there is none or the pins have changed.
install() {
    local folder=.build/django-${1%.*} wanted
    wanted=$( (python3 --version && pwd && echo "$1" && cat "$pins") | sha256sum)
    if [[ $(cat "$folder/made-for" 2>/dev/null) == "$wanted" ]]; then return; fi
    echo "Fetching Django $1 and what its tests need." >&2
    [[ -x $python ]] || python3 -m venv .build/django-venv
    rm -rf "$folder"
    "$python" -m pip install --quiet --disable-pip-version-check --target "$folder" \
        "Django==$1" --requirement "$pins" >&2
    echo "$wanted" >"$folder/made-for"
}

for version in "${versions[@]}"; do install "$version"; done
if [[ $1 == install ]]; then exit; fi

report=$(realpath --canonicalize-missing "$1")
shift
export EXEUNT_BIN=${EXEUNT_BIN:-$PWD/.build/debug/exeunt}
failed=0
for version in "${versions[@]}"; do
    echo "Django ${version%.*}" >&2
    (cd clients/django && PYTHONPATH=../../.build/django-${version%.*} PYTHONDONTWRITEBYTECODE=1 \
        "$python" -m pytest --junit-xml "$report-${version%.*}.xml" -o junit_suite_name="django-${version%.*}" "$@") ||
        failed=1
done
exit "$failed"
