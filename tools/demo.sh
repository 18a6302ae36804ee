#!/usr/bin/env bash
# make demo: from nothing to the genre of a song that the model has not seen. Usage: tools/demo.sh build/melvit
set -euo pipefail

melvit=$1
out=demo
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

say "1. Songs by rule in ten genres: 20 each to learn from, and one of each that nobody trains on"
"$melvit" synth --out $out/songs --per-genre 20 --seed 1
"$melvit" synth --out $out/unseen --per-genre 1 --seed 2

# The pretrained body (330 MB) if it is there or comes within seconds; a download that takes longer goes on next time.
say "2. The body: a Vision Transformer"
if timeout 10 "$melvit" fetch vit_b_16 --quiet 2>$out/fetch.txt; then
    body=vit_b_16
    recipe=(--recipe study)
else
    body=random:vit_ti_16:1
    recipe=(--recipe best)
    cat $out/fetch.txt
    echo "No pretrained vit_b_16 here, so the demo uses an UNTRAINED ViT-Ti ($body): random weights, whose features"
    echo "are enough for songs by rule. For real music: melvit fetch vit_b_16"
fi

say "3. Features and a head"
"$melvit" train --data $out/songs --body $body "${recipe[@]}" --split stratified:1 --out $out/run

say "4. The head on the tracks of the split that it has not seen"
"$melvit" evaluate --model $out/run/model.safetensors --data $out/songs --split stratified:1

say "5. A song of another seed"
"$melvit" classify --model $out/run/model.safetensors $out/unseen/reggae/reggae.00000.wav --top 4

say "6. One song of each genre"
"$melvit" classify --model $out/run/model.safetensors $out/unseen

say "All of it lies in $out/. Next: README.md, \"Your own music\"."
