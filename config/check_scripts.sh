#!/bin/sh
# Checks the types of the browser's scripts against what Stripe publishes of Stripe.js. Called by `make lint`. Nothing
# else here needs Node.js: where it is missing this says so and goes on, but under CI=true it must run.
set -eu
cd "$(dirname "$0")/.."

STAMP=node_modules/.synced

cannot() {
    echo "The types of the browser's scripts were not checked: $*" >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
}

fingerprint() { sha256sum package.json package-lock.json .npmrc | sha256sum; }

is_recent_node() {
    node --eval 'const [major, minor] = process.versions.node.split("."); process.exit(major * 100 + +minor < 2019 ? 1 : 0)' \
        >/dev/null 2>&1
}

is_recent_node && npm --version >/dev/null 2>&1 ||
    cannot "Node.js 20.19 or newer with npm is not on this machine (on Debian: apt-get install nodejs npm)."
if [ "$(cat "$STAMP" 2>/dev/null)" != "$(fingerprint)" ]; then
    npm ci --silent || cannot "npm could not fetch what package-lock.json names; the network is the usual cause."
    fingerprint >"$STAMP"
fi
exec node_modules/.bin/tsc --project tsconfig.json
