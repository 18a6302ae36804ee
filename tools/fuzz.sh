#!/usr/bin/env bash
# Fuzzes each door from its kept corpus, two doors at a time. Usage: tools/fuzz.sh BUILD SECONDS
# What crashes a door is left in BUILD/fuzz/crashes; run the door's program on that file to see it again.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$1 seconds=$2
crashes=$build/fuzz/crashes
mkdir -p "$crashes"

fuzz() {
    local door=$1 found
    found=$(mktemp -d)
    local corpus=fuzz/corpus/$door
    [ "$door" != sweep_file ] || corpus=configs
    if "$build/fuzz/${door}_fuzz" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix="$crashes/${door}_" \
        "$found" "$corpus" >"$crashes/$door.log" 2>&1; then
        echo "fuzz: $door, $(sed -n 's|^stat::number_of_executed_units: *||p' "$crashes/$door.log") inputs"
    else
        tail -40 "$crashes/$door.log"
        echo "error: fuzz: $door needs to survive every input, it did not: $crashes" >&2
        return 1
    fi
    rm -rf "$found"
}
export -f fuzz
export build seconds crashes
ls "$build"/fuzz/*_fuzz | xargs -n1 basename | sed 's/_fuzz$//' | xargs -P 2 -I{} bash -c 'fuzz {}'
