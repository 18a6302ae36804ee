#!/usr/bin/env bash
# Installs those of the named Debian packages that are missing; uses sudo when not root; asks nothing.
set -euo pipefail

missing=()
for package in "$@"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "error: packages: need root or sudo to install ${missing[*]}, found neither" >&2
        exit 1
    }
    as_root=(sudo)
fi

echo "installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
quietly() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >/dev/null; }
quietly apt-get update -qq
quietly apt-get install -y -qq --no-install-recommends "${missing[@]}"
