#!/usr/bin/env bash
# Installs the Debian packages that are missing, saying which and why, and checks for the Swift toolchain.
#   scripts/setup.sh build|test|lint|bench|package …
set -euo pipefail

missing=()
reasons=()
libraries=$(/sbin/ldconfig -p 2>/dev/null || true)

# need PACKAGE WHY TEST… notes the package when the test fails.
need() {
    local package=$1 why=$2
    shift 2
    if [[ " ${missing[*]} " == *" $package "* ]] || "$@" 2>/dev/null; then return; fi
    missing+=("$package")
    reasons+=("$(printf '  %-17s %s' "$package" "$why")")
}

has_command() { command -v "$1" >/dev/null; }
has_file() { compgen -G "$1" >/dev/null; }
has_library() { [[ $libraries == *"$1 "* ]]; }
# Debian keeps the server's programs out of PATH.
has_postgresql() { has_file '/usr/lib/postgresql/*/bin/postgres' || has_command initdb; }
has_venv() { python3 -c 'import ensurepip, venv'; }

for_build() {
    need ca-certificates "lets SwiftPM fetch over https" has_file /etc/ssl/certs/ca-certificates.crt
    need git "fetches the Swift packages" has_command git
    need libcurl4 "the Swift toolchain runs on it" has_library libcurl.so.4
    need libncurses6 "the Swift toolchain runs on it" has_library libncurses.so.6
    need libxml2 "the Swift toolchain runs on it" has_library libxml2.so.2
    need binutils "links the program" has_command ld.gold
    need libstdc++-12-dev "headers and runtimes of C and C++" has_file '/usr/lib/gcc/*/*/libstdc++.a'
    need libhiredis-dev "speaks to Redis" has_file '/usr/lib/*/libhiredis.a'
    need libpq-dev "speaks to PostgreSQL" has_file /usr/include/postgresql/libpq-fe.h
    need libsqlite3-dev "the database" has_file '/usr/lib/*/libsqlite3.a'
    need zlib1g-dev "packs status lists" has_file '/usr/lib/*/libz.a'
}

for_test() {
    need chromium "the browser of the end-to-end tests" has_command chromium
    need chromium-driver "lets the audit use that browser" has_command chromedriver
    need iproute2 "cuts verifiers off from the authority" has_command ip
    need nodejs "runs the JavaScript client and its example" has_command node
    need node-express "the JavaScript example is made with it" has_file /usr/share/nodejs/express/package.json
    need node-jose "checks signatures in JavaScript" has_file /usr/share/nodejs/jose/package.json
    need node-react "draws a page of the examples" has_file /usr/share/nodejs/react/package.json
    need node-react-dom "draws a page of the examples" has_file /usr/share/nodejs/react-dom/package.json
    need jq "reads claims in an example" has_command jq
    need node-redis "asks Redis in an example" has_file /usr/share/nodejs/redis/package.json
    need openssl "makes the certificates of the tests" has_command openssl
    need postgresql "is the store of several servers, which the tests start and kill" has_postgresql
    need python3-venv "runs the end-to-end tests" has_venv
    need redis-server "holds the mirror of the log" has_command redis-server
    need util-linux "gives verifiers networks of their own" has_command nsenter
}

for_lint() {
    need esbuild "checks the small file of the browser's client" has_command esbuild
    need nodejs "finds the packages of the JavaScript code" has_command node
    need node-express "is what the JavaScript example is made with" has_file /usr/share/nodejs/express/package.json
    need node-jose "checks signatures in JavaScript" has_file /usr/share/nodejs/jose/package.json
    need node-typescript "checks the pages' JavaScript" has_command tsc
    need python3-venv "runs the checks of Python code" has_venv
    need shellcheck "checks the scripts" has_command shellcheck
}

for_bench() {
    need postgresql "is the store of several servers, and has pgbench" has_postgresql
    need python3 "drives the measurements" has_command python3
    need redis-server "is what settling is compared with" has_command redis-server
    need redis-tools "is what the mirror is compared with" has_command redis-benchmark
    need nodejs "runs the JavaScript client" has_command node
    need node-express "is what the JavaScript client is measured in" has_file /usr/share/nodejs/express/package.json
    need node-jose "checks signatures in JavaScript" has_file /usr/share/nodejs/jose/package.json
    need node-redis "is what the JavaScript client is compared with" has_file /usr/share/nodejs/redis/package.json
}

for_package() {
    need dpkg-dev "finds what the .deb depends on" has_command dpkg-shlibdeps
}

install_missing() {
    local as_root=()
    if ! has_command apt-get; then
        echo "There is no apt-get here: should the next step fail, install what it needs by other means." >&2
        return
    fi
    if ((EUID != 0)); then as_root=(sudo); fi
    if ((EUID != 0)) && ! has_command sudo; then
        echo "This takes root, and there is no sudo. As root: apt-get install ${missing[*]}" >&2
        exit 2
    fi
    "${as_root[@]}" apt-get update --quiet=2 || echo "Not every package list could be updated; going on." >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" >/dev/null || exit 2
}

check_swift() {
    local version found="no \`swift\` is in PATH"
    version=$(swift --version 2>/dev/null | sed --quiet 's/.*Swift version \([0-9.]*\).*/\1/p') || true
    if [[ $version ]]; then found="\`swift\` in PATH is $version"; fi
    if [[ $version && $(printf '%s\n' 6.2 "$version" | sort --version-sort | head -n 1) == 6.2 ]]; then return; fi
    cat >&2 <<END
Exeunt is built with Swift 6.2 or newer, and $found. Either
  - install it with swiftly: follow https://www.swift.org/install/linux/ and run \`swiftly install 6.3\`, or
  - unpack a toolchain from that page and name it: \`export PATH=/opt/swift/usr/bin:\$PATH\`,
and run this again.
END
    exit 2
}

if [[ $(uname) == Linux ]]; then
    for job in "$@"; do "for_$job"; done
fi
if ((${#missing[@]})); then
    echo "Installing what is missing, which may take a minute:" >&2
    printf '%s\n' "${reasons[@]}" >&2
    install_missing
fi
if [[ " $* " == *" build "* ]]; then check_swift; fi
