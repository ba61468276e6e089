#!/usr/bin/env bash
# Builds the release program, .build/release/exeunt, if a source is newer than the last build.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.build/release.stamp
sources=(Package.swift Package.resolved Sources)
if [[ -x .build/release/exeunt && -e $stamp && -z $(find "${sources[@]}" -newer "$stamp" -print -quit) ]]; then
    exit
fi

scripts/setup.sh build
flags=(-c release --product exeunt)
if [[ $(uname) == Linux ]]; then
    # The linker takes the first library of a name that it meets. A folder that has only the archives of
    # SQLite, hiredis, zlib and the C++ runtime makes them part of the program, which then needs nothing but glibc and libpq:
    # that one stays a library of the system, because it brings TLS, Kerberos and their updates along.
    archives=$PWD/.build/archives
    mkdir -p "$archives"
    for archive in libsqlite3.a libhiredis.a libz.a 'libstdc++.a'; do
        path=$(clang -print-file-name="$archive") || path=
        if [[ -e $path ]]; then ln -sf "$path" "$archives/"; fi
    done
    flags+=(--static-swift-stdlib -Xlinker "-L$archives")
fi

if [[ ! -e .build/release/exeunt ]]; then echo "Building Exeunt: the first time takes several minutes." >&2; fi
mkdir -p .build
if [[ ! -e Package.resolved ]]; then swift package resolve >&2; fi
touch "$stamp.new" # Older than any edit made during the build.
swift build "${flags[@]}" >&2
mv "$stamp.new" "$stamp"
