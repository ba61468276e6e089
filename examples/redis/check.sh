#!/usr/bin/env bash
# Whether a token is still good, by its claims; its signature and its times have been checked before.
#   check.sh -s /run/redis.sock <claims.json     The arguments are those of redis-cli.
# Exit status: 0 it is, 1 it has been ended, 2 that cannot be known now (answer 503).
set -euo pipefail
mapfile -t claim < <(jq --raw-output '.sub, .sid, .jti, (.ver, .gen | tonumber)') # sub sid jti ver gen
redis=(timeout 2 redis-cli -e "$@") key="{${REDIS_PREFIX:-exeunt}:1}:"
mapfile -t said < <("${redis[@]}" MGET "${key}live" "${key}all" "${key}subject:${claim[0]}" \
    "${key}session:${claim[1]}" "${key}token:${claim[2]}" 2>/dev/null && "${redis[@]}" INFO server)
[[ ${#claim[@]} == 5 && ${said[0]:-} && "${said[*]:5}" == *"run_id:${said[0]}"* ]] || exit 2
read -r version spared <<<"${said[2]}" || true
if [[ ${said[3]}${said[4]} ]] || ((claim[4] < ${said[1]:-0})); then exit 1; fi
if [[ $version && ${claim[1]} != "${spared:-}" ]] && ((claim[3] < version)); then exit 1; fi
