#!/usr/bin/env bash
# clang-tidy on the sources of the library and the program that differ from a commit. Usage: tools/tidy_changed.sh BUILD [COMMIT [MOST]]
# COMMIT is by default where this branch left origin's main, or without one 20 commits before; of more files than MOST
# the last changed come first.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$1
base=${2:-$(git merge-base HEAD origin/main 2>/dev/null || true)}
if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD)" ]; then
    base=$(git rev-list -n 21 HEAD | tail -1)
fi
most=${3:-8}
mapfile -t changed < <({ git diff --name-only --diff-filter=d HEAD; git log --format= --name-only --diff-filter=d "$base..HEAD"; } |
    grep -E '^(melvit|apps)/.*\.cpp$' | grep -v '^melvit/kernels/level/' | awk '!seen[$0]++' | while read -r file; do [ ! -f "$file" ] || echo "$file"; done)
[ ${#changed[@]} -gt 0 ] || { echo "tidy: no source differs from ${base:0:7}"; exit 0; }
echo "tidy: ${#changed[@]} sources differ from ${base:0:7}, looking at $((${#changed[@]} < most ? ${#changed[@]} : most))"
printf '%s\n' "${changed[@]:0:most}" | xargs -P "$(nproc)" -n 2 clang-tidy --quiet -p "$build"
