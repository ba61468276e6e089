#!/usr/bin/env bash
# Gives our JavaScript packages what they need in `node_modules`, where that has not been done yet: Debian's packages
# (node-express, node-jose, node-redis) where they are installed, else npm's.
set -euo pipefail
cd "$(dirname "$0")/.."

debian=/usr/share/nodejs

# Debian's node looks into $debian by itself, and others do not; so what is needed is copied, with what that needs.
copy() {
    node --input-type=module - "$debian" "$@" <<'END'
import { cpSync, existsSync, readFileSync } from "node:fs";
const [debian, folder, ...names] = process.argv.slice(2);
for (const name of names) {
  const [source, target] = [`${debian}/${name}`, `${folder}/node_modules/${name}`];
  if (existsSync(target) || !existsSync(source)) continue;
  cpSync(source, target, { recursive: true, dereference: true });
  names.push(...Object.keys(JSON.parse(readFileSync(`${source}/package.json`, "utf8")).dependencies ?? {}));
}
END
}

# install FOLDER PACKAGE…
install() {
    local folder=$1 name
    if [[ -e $folder/node_modules ]]; then return; fi
    for name in "${@:2}"; do
        if [[ -e $debian/$name ]]; then continue; fi
        if ! command -v npm >/dev/null; then
            echo "There is no $name here: apt-get install node-$name, or install npm." >&2
            exit 2
        fi
        npm install --prefix "$folder" --no-audit --no-fund --no-package-lock >&2
        return
    done
    copy "$@"
}

# What `make bench` compares with is installed only where that is asked for.
if [[ ${1:-} == bench ]]; then install Benchmarks/apps express redis; fi
# The package itself needs jose alone; its tests run in Express as well.
install clients/node jose express
install examples/express express
install examples/redis redis
