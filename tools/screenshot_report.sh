#!/bin/sh
# The top of a report as Chromium shows it, as a PNG of few colours (docs/report.png):
#   tools/screenshot_report.sh sweep2/report/index.html docs/report.png [width [height [light|dark]]]
# Needs chromium; pngquant, where it is there, makes the file a third as large.
set -eu
page=$(realpath "$1")
picture=$2
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
[ "${5:-light}" = dark ] && scheme=0 || scheme=1
[ "$(id -u)" = 0 ] && sandbox=--no-sandbox || sandbox=
chromium --headless $sandbox --disable-gpu --disable-background-networking --disable-sync --no-first-run \
  --hide-scrollbars --user-data-dir="$profile" --blink-settings=preferredColorScheme=$scheme \
  --window-size="${3:-1280},${4:-1400}" --screenshot="$picture" "file://$page" 2>/dev/null
if command -v pngquant >/dev/null; then pngquant --force --output "$picture" 64 "$picture"; fi
