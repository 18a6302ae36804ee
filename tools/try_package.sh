#!/usr/bin/env bash
# Installs the Debian packages of `make deb` in a clean Debian and takes the demo's steps there. Needs root and debootstrap.
# Usage: tools/try_package.sh [ROOT [MIRROR]]   ROOT is made when it does not exist
set -euo pipefail
cd "$(dirname "$0")/.."

root=${1:-build-portable/root}
[ -d "$root/usr" ] || debootstrap --variant=minbase bookworm "$root" "${2:-http://deb.debian.org/debian}" >/dev/null
cp /etc/resolv.conf "$root/etc/"
cp build-portable/*.deb tests/package/main.cpp "$root/root/"
run() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }

run apt-get update -qq
run bash -c 'apt-get install -y -qq --no-install-recommends /root/*.deb g++ pkg-config man-db' >/dev/null
run melvit --version
run bash -euc '
    cd "$(mktemp -d)"
    melvit synth --out songs --per-genre 5 --seconds 6
    melvit train --data songs --body random:vit_ti_16:1 --recipe best --split stratified:1 --out run
    melvit evaluate --model run/model.safetensors --data songs --split stratified:1
    melvit classify --model run/model.safetensors songs/reggae --top 2
    g++ -std=c++20 /root/main.cpp -o outside $(pkg-config --cflags --libs melvit)
    ./outside run/model.safetensors songs/reggae/reggae.00000.wav
    man melvit-train | head -3
    test -s /usr/share/bash-completion/completions/melvit'
run apt-get purge -y -qq melvit libmelvit0.1 libmelvit-dev >/dev/null
! run sh -c 'find /usr -name "*melvit*" | grep .'
echo "package: installs, works and goes in a clean Debian"
