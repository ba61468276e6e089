#!/usr/bin/env bash
# Runs an example's command twice, beside an authority of its own. Ctrl-C stops all three and removes the data.
#   AUTHORITY_PORT=8090 PORTS="8101 8102" scripts/example.sh COMMAND…
set -euo pipefail
cd "$(dirname "$0")/.."

authority_port=${AUTHORITY_PORT:-8090}
read -ra ports <<<"${PORTS:-8101 8102}"

scripts/setup.sh build
swift build --product exeunt >&2
exeunt=$PWD/.build/debug/exeunt

data=$(mktemp --directory)
started=()
stop() {
    trap - EXIT
    # The applications first: each gives its lease back.
    for pid in "${started[@]:1}" "${started[@]:0:1}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" || true
    done
    rm --recursive --force "$data"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

coproc authority {
    EXEUNT_LOG_LEVEL=warning exec "$exeunt" serve --data "$data" --listen "127.0.0.1:$authority_port"
}
started+=("$authority_PID")
# It says so once it answers; if it ends instead, it has said why.
read -r _ <&"${authority[0]}"

client=$("$exeunt" clients add notes --scope sessions --scope feed --scope introspect --data "$data" --json)
field() { sed --quiet "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" <<<"$client"; }

random() { od --address-radix=n --read-bytes=5 --format=x1 /dev/urandom | tr --delete ' \n'; }
NOTES_PASSWORDS="ada:$(random) grace:$(random)"
NOTES_AUTHORITY=http://localhost:$authority_port
NOTES_CLIENT_ID=$(field client_id)
NOTES_CLIENT_SECRET=$(field client_secret)
export NOTES_PASSWORDS NOTES_AUTHORITY NOTES_CLIENT_ID NOTES_CLIENT_SECRET
for port in "${ports[@]}"; do
    NOTES_PORT=$port "$@" &
    started+=("$!")
done
wait -n
