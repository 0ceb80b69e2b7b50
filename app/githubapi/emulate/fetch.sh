#!/bin/sh
# Installs the GitHub emulator that TestAgainstEmulate runs against into .cache/emulate at the root of the repository.
# The version is pinned: the package's newest one is something else entirely.
set -eu
version=0.11.2
root=$(cd "$(dirname "$0")/../../.." && pwd)
dir=$root/.cache/emulate
installed=$dir/node_modules/emulate/package.json
if [ -f "$installed" ] && grep -q "\"version\": \"$version\"" "$installed"; then
    touch "$dir/.done"
    exit 0
fi
mkdir -p "$dir"
# --ignore-scripts: no code of the package runs before the test starts it.
npm install --prefix "$dir" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error "emulate@$version"
touch "$dir/.done"
