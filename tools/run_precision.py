"""Makes the numbers of docs/precision.md again: how far bf16 and int8 drift from fp32.

    python3 tools/run_precision.py --program build/melvit --shared ../shared
    python3 tools/run_precision.py --recipes study --seeds 40 --out results/precision_study.csv

For both recipes, both splits and five seeds (or more) it trains heads on features of each precision and writes results/precision.csv (a row a
training); then it prints the differences to fp32, seed by seed (mean, deviation and the mean's standard error), and the cosines of 200 tracks' features. Beside the
precisions stands a control, "nudged": fp32 again, with the last bit of each of the body's weights turned over. What that moves, no precision is to blame for.
Features are cached, so a second run only trains heads. Needs nothing but Python's standard library.
"""

import argparse
import array
import csv
import json
import math
import pathlib
import statistics
import struct
import subprocess
import tempfile

CONTROL = "nudged"
PRECISIONS = ["fp32", "bf16", "int8", CONTROL]
RECIPES = ["study", "best"]
SPLITS = {"random": "random:{seed}", "gtzan-filtered": "gtzan-filtered"}
TRACKS = 200


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


def body(arguments):
    return f"{arguments.shared}/weights/vit_tiny_patch16_224.safetensors"


def experiment(arguments, recipe, precision):
    return ["--data", f"{arguments.shared}/data/gtzan/images_original",
            "--body", arguments.nudged_body if precision == CONTROL else body(arguments),
            "--recipe", recipe, "--precision", "fp32" if precision == CONTROL else precision, "--json", "--quiet"]


def read_header(stream):
    """The tensors of a safetensors file by name, and where their bytes begin."""
    header = json.loads(stream.read(struct.unpack("<Q", stream.read(8))[0]))
    header.pop("__metadata__", None)
    return header, stream.tell()


def write_nudged(source, target):
    """A copy of a body of floats with the last bit of each weight turned over: by one part in 2^23 at most, up or down."""
    with open(source, "rb") as stream:
        header, start = read_header(stream)
    if any(entry["dtype"] != "F32" for entry in header.values()):
        raise SystemExit(f"{source}: needs weights of 32 bits for the control")
    weights = bytearray(pathlib.Path(source).read_bytes())
    weights[start::4] = weights[start::4].translate(bytes(byte ^ 1 for byte in range(256)))
    pathlib.Path(target).write_bytes(weights)


def features(file):
    """The rows of a file of melvit extract, each a list of floats."""
    with open(file, "rb") as stream:
        header, start = read_header(stream)
        entry = max((e for e in header.values() if e["dtype"] == "F32"), key=lambda e: math.prod(e["shape"]))
        rows, width = entry["shape"]
        stream.seek(start + entry["data_offsets"][0])
        values = array.array("f")
        values.frombytes(stream.read(4 * rows * width))
    step = max(rows // TRACKS, 1)
    return [values[row * width:(row + 1) * width] for row in range(0, rows, step)][:TRACKS]


def cosine(a, b):
    return math.sumprod(a, b) / math.sqrt(math.sumprod(a, a) * math.sumprod(b, b)) if hasattr(math, "sumprod") else (
        sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b)))


def print_cosines(arguments):
    print("| recipe | precision | least cosine | median cosine |\n|---|---|---|---|")
    for recipe in arguments.recipes:
        rows = {}
        for precision in PRECISIONS:
            with tempfile.TemporaryDirectory() as folder:
                out = f"{folder}/features.safetensors"
                run([arguments.program, "extract", *experiment(arguments, recipe, precision), "--out", out])
                rows[precision] = features(out)
        for precision in PRECISIONS[1:]:
            cosines = [cosine(a, b) for a, b in zip(rows[precision], rows["fp32"])]
            print(f"| {recipe} | {precision} | {min(cosines):.7f} | {statistics.median(cosines):.7f} |", flush=True)


def train(arguments, recipe, precision, split, seed):
    with tempfile.TemporaryDirectory() as folder:
        result = run([arguments.program, "train", *experiment(arguments, recipe, precision), "--split", split,
                      "--seed", str(seed), "--out", f"{folder}/run"])
    return {"recipe": recipe, "precision": precision, "split": split, "seed": seed,
            "validation_accuracy": round(result["validation"]["accuracy"], 4),
            "test_accuracy": round(result["test"]["accuracy"], 4), "test_loss": round(result["test"]["loss"], 4)}


def print_differences(arguments, rows):
    """Test accuracy in points minus that of fp32 with the same split and seed."""
    seeds = range(arguments.seeds)
    others = PRECISIONS[1:]
    print("| recipe | split | fp32 | " + " | ".join(f"{precision} - fp32, points" for precision in others) + " |")
    print("|---" * (3 + len(others)) + "|")
    for recipe in arguments.recipes:
        for name, split in SPLITS.items():
            accuracy = {(row["precision"], row["seed"]): 100 * row["test_accuracy"] for row in rows
                        if row["recipe"] == recipe and row["split"] == split.format(seed=row["seed"])}
            cells = [recipe, name, f"{statistics.mean(accuracy['fp32', seed] for seed in seeds):.1f}"]
            for precision in others:
                differences = [accuracy[precision, seed] - accuracy["fp32", seed] for seed in seeds]
                deviation = statistics.stdev(differences)
                cells.append(f"{statistics.mean(differences):+.1f} ± {deviation:.1f} "
                             f"(standard error {deviation / math.sqrt(len(differences)):.1f})")
            print("| " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/melvit")
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--out", default="results/precision.csv", type=pathlib.Path)
    parser.add_argument("--recipes", nargs="*", default=RECIPES, help="also names of .json files")
    parser.add_argument("--seeds", default=5, type=int)
    arguments = parser.parse_args()
    if arguments.seeds < 2:
        parser.error("--seeds: needs 2 or more for a standard deviation")

    with tempfile.TemporaryDirectory() as folder:
        arguments.nudged_body = f"{folder}/nudged.safetensors"
        write_nudged(body(arguments), arguments.nudged_body)
        print_cosines(arguments)
        rows = [train(arguments, recipe, precision, split.format(seed=seed), seed) for recipe in arguments.recipes
                for split in SPLITS.values() for seed in range(arguments.seeds) for precision in PRECISIONS]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with open(arguments.out, "w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    print_differences(arguments, rows)


if __name__ == "__main__":
    main()
