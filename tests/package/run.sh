#!/usr/bin/env bash
# Installs a build, moves it, and builds programs outside of it: by find_package, pkg-config and add_subdirectory, shared
# and static. Each must answer as the installed program does. Usage: tests/package/run.sh BUILD
set -euo pipefail

build=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "error: package: $*" >&2; exit 1; }
same() { [ "$2" = "$3" ] || fail "$1: needs to be \"$3\", it is \"$2\""; }

DESTDIR=$work/stage cmake --install "$build" --prefix /opt/first >/dev/null
mv "$work/stage/opt/first" "$work/moved"
prefix=$work/moved
libraries=$(dirname "$(find "$prefix" -name libmelvit.a)")
for file in bin/melvit share/man/man1/melvit-train.1.gz share/bash-completion/completions/melvit \
    share/zsh/site-functions/_melvit share/fish/vendor_completions.d/melvit.fish; do
    [ -s "$prefix/$file" ] || fail "$file: needs to be installed, it is not"
done

melvit=$prefix/bin/melvit
export MELVIT_HOME=$work/home MELVIT_CACHE=$work/cache
"$melvit" synth --out "$work/songs" --per-genre 3 --seconds 6 --quiet >/dev/null
"$melvit" train --data "$work/songs" --body random:vit_ti_16:1 --recipe study --hidden 16 --epochs 2 \
    --split stratified:1 --out "$work/run" --quiet >/dev/null
model=$work/run/model.safetensors
song=$work/songs/jazz/jazz.00000.wav
wanted=$("$melvit" classify --model "$model" "$song" --json --quiet --precision fp32 | python3 -c '
import json, sys
answer = json.load(sys.stdin)[0]
print(answer["genre"], "%.4f" % answer["probabilities"][answer["genre"]])')

echo "package: find_package"
cmake -S "$here" -B "$work/found" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/found" >/dev/null
for program in melvit__melvit melvit__melvit_static; do
    same "find_package, $program" "$("$work/found/$program" "$model" "$song")" "$wanted"
done
ldd "$work/found/melvit__melvit" | grep -q "$prefix.*libmelvit.so.0" || fail "the shared program needs libmelvit.so, ldd names none"
! ldd "$work/found/melvit__melvit_static" | grep -q libmelvit || fail "the static program needs no libmelvit.so, ldd names one"

echo "package: the programs of docs/library.md"
cmake -S "$here/../../examples" -B "$work/examples" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/examples" >/dev/null
examples=$work/examples/examples
"$examples/train" "$work/songs" random:vit_ti_16:1 "$work/trained.safetensors" | grep -qE '^accuracy [01]\.[0-9]{3}$' ||
    fail "examples/train: needs to print an accuracy, it does not"
[ "$("$examples/classify" "$work/trained.safetensors" "$song" | grep -cE '^[a-z]+ [0-9.]+ %$')" = 3 ] ||
    fail "examples/classify: needs to print three genres, it does not"
same "numbers of a line of examples/features" "$("$examples/features" random:vit_ti_16:1 "$song" | head -1 | wc -w)" 5378  # "0.0 s:", 14 rows of patches, mean and deviation of 192
! "$examples/classify" nowhere "$song" 2>/dev/null || fail "examples/classify: needs to refuse a model that is not there"

echo "package: pkg-config"
export PKG_CONFIG_PATH=$libraries/pkgconfig
g++ -std=c++20 "$here/main.cpp" -o "$work/shared" $(pkg-config --cflags --libs melvit) -Wl,-rpath,"$libraries"
same "pkg-config" "$("$work/shared" "$model" "$song")" "$wanted"
g++ -std=c++20 "$here/main.cpp" -o "$work/static" $(pkg-config --cflags --libs --static melvit | sed 's/-lmelvit /-l:libmelvit.a /')
same "pkg-config --static" "$("$work/static" "$model" "$song")" "$wanted"

# Nothing but melvit's own names, and of these only what the headers mark.
strangers=$(nm -DC --defined-only "$libraries/libmelvit.so" | cut -d' ' -f3- | grep -cvE 'melvit::|std::|__gnu_cxx|nlohmann|fmt::' || true)
same "names of libmelvit.so that are not melvit's" "$strangers" 0
! nm -DC --defined-only "$libraries/libmelvit.so" | grep 'melvit::nn::' || fail "inner functions need to be hidden, these are not"

echo "package: add_subdirectory"
cmake -S "$here" -B "$work/inside" -G Ninja -DMELVIT_SOURCE="$(realpath "$here/../..")" \
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_BUILD_TYPE=Debug >/dev/null
cmake --build "$work/inside" >/dev/null
"$work/inside/melvit__melvit" "$model" "$song" >/dev/null
! find "$work/inside" -name 'libmelvit_sweep.a' | grep -q . || fail "a program without sweeps needs none built"

echo "package: a moved prefix, shared and static, find_package, pkg-config and add_subdirectory work"
