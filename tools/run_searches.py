"""Random search against bayes on real features: after how many trials does bayes have what random search finds in all of them?

Runs configs/bayes_example.yaml with both methods for several seeds, prints a row a seed and writes results/searches.csv.

usage: run_searches.py MELVIT DATA BODY [SEEDS]
"""

import csv
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SWEEP = (ROOT / "configs/bayes_example.yaml").read_text()


def file_for(method):
    """The example's parameters under another method, every trial to its end."""
    text = re.sub(r"^method: .*$", f"method: {method}", SWEEP, flags=re.MULTILINE)
    return text[: text.index("# After 3 and 9 epochs")]


def losses(melvit, data, body, method, seed, folder):
    """The lowest validation loss of each trial, in the order of the trials."""
    file, out = folder / f"{method}.yaml", folder / f"{method}{seed}"
    file.write_text(file_for(method))
    subprocess.run(
        [melvit, "sweep", file, "--data", data, "--body", body, "--precision", "fp32", "--split", "random:0", "--seed", str(seed),
         "--out", out, "--quiet"],
        check=True, stdout=subprocess.DEVNULL)
    with open(out / "trials.csv", newline="") as table:
        return [float(row["validation_loss"] or "inf") for row in csv.DictReader(table)]


def trials_until(losses, goal):
    """How many trials it takes to reach the goal; one more than all when it is not reached."""
    return next((i for i, loss in enumerate(losses, 1) if loss <= goal), len(losses) + 1)


def main():
    melvit, data, body = sys.argv[1:4]
    seeds = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for seed in range(seeds):
            random, bayes = (losses(melvit, data, body, method, seed, pathlib.Path(name)) for method in ("random", "bayes"))
            rows.append({"seed": seed, "trials": len(random), "random_best": min(random),
                         "random_needs": trials_until(random, min(random)), "bayes_best": min(bayes),
                         "bayes_needs": trials_until(bayes, min(random))})
            print(rows[-1], flush=True)
    print({key: statistics.median(row[key] for row in rows) for key in rows[0]})
    with open(ROOT / "results/searches.csv", "w", newline="") as table:
        writer = csv.DictWriter(table, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
