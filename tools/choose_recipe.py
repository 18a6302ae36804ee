"""Chooses the levers of `--recipe best` on validation data alone, on splits that played no part before.

    python3 tools/choose_recipe.py --program build/melvit --shared ../shared

Starts from the study's recipe and goes through the levers in the order of docs/results.md. A lever is kept where it raises
the mean of two validation accuracies by half a point: that over the random splits 5 to 14, and that over the filtered split's
seeds 5 to 9.
(docs/results.md measures on random:0 to 4 and seeds 0 to 4.) Test figures are neither read nor written. Writes
results/recipe_choice.csv, a row a training, and prints the table; trainings that the file holds already are not made again.
Needs nothing but Python's standard library.
"""

import argparse
import pathlib
import statistics

import run_results

# Name -> flags on top of what is kept so far.
LEVERS = {
    "patch tokens, frequency kept": "--tokens time_mean",
    "of block 5": "--blocks 5 --final-norm 0",
    "small head, dropout, standardised": run_results.SMALL_HEAD,
    "three windows": "--crops windows --crop-count 3 --crop-width 112 --normalisation half --middle-only 0 --most-clips 0",
    "mixup": "--mixup 0.4",
    "halves": "--halves 1",
    "five heads": "--ensemble 5",
    "blocks 5 and 12 side by side": "--blocks 5 12",
    "mean and deviation over time": "--tokens time_mean_std",
    "five windows": "--crop-count 5",
    "256 hidden units": "--hidden 256",
    "25 epochs": "--epochs 25",
    "label smoothing 0.1": "--label-smoothing 0.1",
}
LEAST_GAIN = 0.005
SPLITS = {
    "random": [(f"random:{seed}", seed) for seed in range(5, 15)],
    "gtzan-filtered": [("gtzan-filtered", seed) for seed in range(5, 10)],
}


def merged(flags, change):
    """The flags with those of `change` in place of their namesakes."""
    values = {}
    for word in f"{flags} {change}".split():
        if word.startswith("--"):
            name = word
            values[name] = []
        else:
            values[name].append(word)
    return " ".join(word for name in values for word in [name, *values[name]])


def validation_accuracies(arguments, row, flags, earlier):
    """A row of the table for every split and seed; of those that an earlier run has written, its numbers."""
    known = {(other["flags"], other["split"], int(other["seed"])): float(other["validation_accuracy"]) for other in earlier}

    def accuracy(split, seed):
        found = known.get((flags, split, seed))
        if found is not None:
            return found
        result = run_results.train(arguments.program, arguments.shared, flags, split, seed)
        return round(result["validation"]["accuracy"], 4)

    return [{"row": row, "flags": flags, "split": split, "seed": seed, "validation_accuracy": accuracy(split, seed)}
            for runs in SPLITS.values() for split, seed in runs]


def mean_of(rows, kind):
    return statistics.mean(row["validation_accuracy"] for row in rows if row["split"].split(":")[0] == kind)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/melvit")
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--out", default="results/recipe_choice.csv", type=pathlib.Path)
    arguments = parser.parse_args()

    print("| | random | filtered | mean | |\n|---|---|---|---|---|")
    earlier = run_results.read_table(arguments.out)
    flags, reached, written, done = run_results.STUDY, 0.0, [], set()
    for name, change in {"study": "", **LEVERS}.items():
        tried = merged(flags, change)
        rows = validation_accuracies(arguments, name, tried, earlier)
        written += rows
        run_results.write_table(arguments.out, written + [row for row in earlier if row["row"] not in {name, *done}])
        done.add(name)
        means = [mean_of(rows, kind) for kind in SPLITS]
        kept = statistics.mean(means) >= reached + LEAST_GAIN
        print(f"| {name} | {means[0]:.3f} | {means[1]:.3f} | {statistics.mean(means):.3f} | {'kept' if kept else 'left out'} |",
              flush=True)
        if kept:
            flags, reached = tried, statistics.mean(means)
    print(flags)


if __name__ == "__main__":
    main()
