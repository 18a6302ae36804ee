"""Makes the second table of docs/results.md: pictures against songs of the same tracks, and a model trained on songs.

    python3 tools/run_songs.py --program build/melvit --shared ../shared

Writes results/songs.csv and prints the table. Needs nothing but Python's standard library.
"""

import argparse
import csv
import json
import pathlib
import re
import subprocess
import tempfile

from run_results import processor

SEED = 0


def melvit(program, *arguments):
    command = [program, *map(str, arguments), "--json", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


def write_split(pictures, target):
    """Tracks 0-4 of each genre are held back, 5-14 choose the epoch, the others train."""
    with open(target, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "split"])
        for picture in sorted(pictures.glob("*/*.png")):
            number = int(re.search(r"(\d+)$", picture.stem).group(1))
            side = "test" if number < 5 else "validation" if number < 15 else "train"
            writer.writerow([f"{picture.parent.name}/{picture.name}", side])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/melvit")
    parser.add_argument("--shared", default="../shared", type=pathlib.Path)
    parser.add_argument("--out", default="results/songs.csv", type=pathlib.Path)
    arguments = parser.parse_args()
    body = arguments.shared / "weights/vit_tiny_patch16_224.safetensors"
    pictures = arguments.shared / "data/gtzan/images_original"
    songs = arguments.shared / "data/gtzan/genres_original"

    rows = []
    for recipe in ("study", "best"):
        with tempfile.TemporaryDirectory() as folder:
            split = pathlib.Path(folder) / "split.csv"
            write_split(pictures, split)
            trained = melvit(arguments.program, "train", "--data", pictures, "--body", body, "--recipe", recipe,
                             "--precision", "fp32", "--split", split, "--seed", SEED, "--allow-duplicates",
                             "--out", f"{folder}/run")
            heard = melvit(arguments.program, "evaluate", "--model", f"{folder}/run/model.safetensors", "--data", songs,
                           "--precision", "fp32")
            rows.append((recipe, "50 held-back tracks as pictures", "tracks 0-4 of each genre", trained["test"]))
            rows.append((recipe, "the same tracks as WAV, 15-20 s", "tracks 0-4 of each genre", heard))
            folds = melvit(arguments.program, "train", "--data", arguments.shared / "data/emotify", "--body", body,
                           "--recipe", recipe, "--precision", "fp32", "--split", "kfold:10:0", "--seed", SEED,
                           "--out", f"{folder}/songs")
            rows.append((recipe, "40 MP3s in 4 genres, 10 folds", "kfold:10:0", folds["test"]))

    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with open(arguments.out, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["recipe", "what", "split", "seed", "accuracy", "low95", "high95", "loss", "machine"])
        print("| | study | best |\n|---|---|---|")
        cells = {}
        for recipe, what, split, test in rows:
            low, high = test["interval95"]
            figures = (round(x, 4) for x in (test["accuracy"], low, high, test["loss"]))
            writer.writerow([recipe, what, split, SEED, *figures, processor()])
            cells.setdefault(what, []).append(f"{test['accuracy']:.3f} ({low:.3f} - {high:.3f})")
        for what, values in cells.items():
            print(f"| {what} | {' | '.join(values)} |")


if __name__ == "__main__":
    main()
