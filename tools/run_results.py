"""Makes the numbers of docs/results.md again: trains every recipe of the table on every split and seed.

    python3 tools/run_results.py --program build/melvit --shared ../shared

Writes results/recipes.csv (a row a training) and prints the tables of docs/results.md (mean and sample standard deviation over the
seeds), then each row's validation accuracy against that of `--recipe best`, which tools/choose_recipe.py chose on other splits.
Features are cached, so a second run only trains heads. Needs nothing but Python's standard library.
"""

import argparse
import csv
import json
import math
import pathlib
import platform
import re
import statistics
import subprocess
import tempfile

STUDY = "--recipe study"
BEST = "--recipe best"

# Name -> flags. From the study to the best recipe a lever at a time, then the best recipe with one thing changed.
TOKENS = STUDY + " --tokens time_mean"
BLOCK = TOKENS + " --blocks 5 --final-norm 0"
SMALL_HEAD = ("--shape mlp --hidden 128 --dropout 0.5 --standardise 1 --lr 0.001 --weight-decay 0.05 --batch 128"
              " --schedule cosine --epochs 10 --fixed-batches 0")
HEAD = f"{BLOCK} {SMALL_HEAD}"
WITHOUT_STD = BEST + " --epochs 10 --tokens time_mean"
ROWS = {
    "study": STUDY,
    "+ patch tokens, frequency kept": TOKENS,
    "+ of block 5": BLOCK,
    "+ small head, dropout, standardised": HEAD,
    "+ three windows": WITHOUT_STD + " --mixup 0 --ensemble 1",
    "+ mixup": WITHOUT_STD + " --ensemble 1",
    "+ five heads": WITHOUT_STD,
    "+ deviation over time": BEST + " --epochs 10",
    "best (+ 25 epochs)": BEST,
    "best with one head": BEST + " --ensemble 1",
    "best without mixup": BEST + " --mixup 0",
    "best without dropout": BEST + " --dropout 0",
    "best without standardisation": BEST + " --standardise 0",
    "best with label smoothing 0.1": BEST + " --label-smoothing 0.1",
    "best with learning rate 0.0003": BEST + " --lr 0.0003",
    "best with learning rate 0.003": BEST + " --lr 0.003",
    "best with the last epoch's head": BEST + " --select last",
    "best of block 12": BEST + " --blocks 12",
}
CHOSEN = "best (+ 25 epochs)"
# Paired over the ten splits and seeds, Student's t, 5 % in two subsets, 9 degrees of freedom.
BEYOND_CHANCE = 2.262
SPLITS = {
    "random": [f"random:{seed}" for seed in range(5)],
    "gtzan-filtered": ["gtzan-filtered"] * 5,
}


def train(program, shared, flags, split, seed):
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "train", "--data", f"{shared}/data/gtzan/images_original",
                   "--body", f"{shared}/weights/vit_tiny_patch16_224.safetensors",
                   "--precision", "fp32", "--split", split, "--seed", str(seed), "--out", f"{folder}/run",
                   "--json", "--quiet", *flags.split()]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 3):
            raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
        return json.loads(done.stdout)


def processor():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
        return re.search(r"model name\s*: (.*)", text).group(1)
    except (OSError, AttributeError):
        return platform.machine()


def row_of(name, split, seed, result):
    return {
        "row": name, "flags": ROWS[name], "split": split, "seed": seed,
        "validation_accuracy": round(result["validation"]["accuracy"], 4),
        "validation_loss": round(result["validation"]["loss"], 4),
        "test_accuracy": round(result["test"]["accuracy"], 4),
        "test_loss": round(result["test"]["loss"], 4),
        "test_macro_f1": round(result["test"]["macro_f1"], 4),
        "best_epoch": result["best_epoch"],
        "seconds": round(result["seconds"], 1),
        "machine": processor(),
    }


def spread(rows, key):
    values = [row[key] for row in rows]
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values):.3f}"


def print_differences(rows):
    """Every row's validation accuracy against the chosen one's, in points."""
    def of(name):
        return {(row["split"], int(row["seed"])): 100 * float(row["validation_accuracy"]) for row in rows if row["row"] == name}

    chosen = of(CHOSEN)
    print("| | validation against the chosen, points | t | |\n|---|---|---|---|")
    for name in ROWS:
        others = of(name)
        if name == CHOSEN or others.keys() != chosen.keys():
            continue
        differences = [others[key] - chosen[key] for key in chosen]
        error = statistics.stdev(differences) / math.sqrt(len(differences))
        mean = statistics.mean(differences)
        t = mean / error if error > 0 else mean * math.inf
        verdict = "better" if t > BEYOND_CHANCE else "worse" if t < -BEYOND_CHANCE else "within chance"
        print(f"| {name} | {mean:+.1f} ± {error:.1f} | {t:+.1f} | {verdict} |")


def read_table(target):
    """The rows of an earlier run that are not to be made again."""
    if not target.exists():
        return []
    with open(target, newline="") as file:
        return list(csv.DictReader(file))


def write_table(target, rows):
    """After each row anew, so that a run that is broken off keeps what it has."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/melvit")
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--out", default="results/recipes.csv", type=pathlib.Path)
    parser.add_argument("--rows", nargs="*", default=list(ROWS), choices=list(ROWS),
                        help="only these; the table keeps its others")
    arguments = parser.parse_args()

    written = [row for row in read_table(arguments.out) if row["row"] not in arguments.rows]
    for name in arguments.rows:
        cells = [name]
        for splits in SPLITS.values():
            rows = [row_of(name, split, seed, train(arguments.program, arguments.shared, ROWS[name], split, seed))
                    for seed, split in enumerate(splits)]
            written += rows
            write_table(arguments.out, written)
            cells += [spread(rows, "validation_accuracy"), spread(rows, "test_accuracy")]
        print("| " + " | ".join(cells) + " |", flush=True)
    print_differences(written)


if __name__ == "__main__":
    main()
