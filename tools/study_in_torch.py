"""The study's recipe in melvit and in PyTorch, on the same features and the fault-filtered split: are their accuracies one?

    python3 tools/study_in_torch.py --program build/melvit --shared ../shared --seeds 20

Each trains `--seeds` heads at either learning rate of the reference run (0.001 and 0.0016), keeps the epoch of the lowest
validation loss and tests it; a seed's better rate by that loss is the third line. Prints the mean test accuracy and its standard
error of both, and of their difference: a head's start and its batches are drawn by other generators, so seeds do not pair.
Needs torch and numpy.
"""

import argparse
import csv
import json
import math
import pathlib
import statistics
import struct
import subprocess
import tempfile

import numpy
import torch

RATES = ("0.001", "0.0016")
WEIGHT_DECAY = 0.01
EPOCHS = 15
BATCH = 100


def melvit(program, *arguments):
    return subprocess.run([program, *arguments, "--quiet"], check=True, capture_output=True, text=True).stdout


def read_features(file):
    """Rows, labels and the tracks' names of what `melvit extract` wrote, a row a track."""
    data = file.read_bytes()
    header_bytes = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + header_bytes])

    def tensor(name, kind):
        begin, end = header[name]["data_offsets"]
        return numpy.frombuffer(data[8 + header_bytes :][begin:end], kind).reshape(header[name]["shape"])

    names = [pathlib.Path(name).stem for name in json.loads(header["__metadata__"]["files"])]
    return torch.tensor(tensor("rows", "<f4")), torch.tensor(tensor("labels", "<i8")), names


def sides_of(split_file, names):
    """Rows of the training, validation and test set. The list writes blues.00000.wav where the pictures are blues00000.png."""
    row_of = {name: row for row, name in enumerate(names)}
    sides = {"train": [], "valid": [], "test": []}
    with open(split_file, newline="") as table:
        for entry in csv.DictReader(table):
            row = row_of.get(pathlib.Path(entry["file_name"]).stem.replace(".", ""))
            if row is not None and entry["split"] in sides:
                sides[entry["split"]].append(row)
    return sides.values()


def train_in_torch(rows, labels, sides, rate, seed):
    """(lowest validation loss, test accuracy at that epoch)"""
    torch.manual_seed(seed)
    training, validation, test = map(torch.tensor, sides)
    training = training[torch.randperm(len(training))]  # fixed batches: shuffled once
    head = torch.nn.Sequential(
        torch.nn.Linear(rows.shape[1], 1024), torch.nn.Linear(1024, 1024), torch.nn.ReLU(), torch.nn.Linear(1024, 10))
    optimiser = torch.optim.AdamW(head.parameters(), lr=float(rate), weight_decay=WEIGHT_DECAY)
    criterion = torch.nn.CrossEntropyLoss()
    best = (math.inf, 0.0)
    for _ in range(EPOCHS):
        for batch in training.split(BATCH):
            optimiser.zero_grad()
            criterion(head(rows[batch]), labels[batch]).backward()
            optimiser.step()
        with torch.no_grad():
            loss = criterion(head(rows[validation]), labels[validation]).item()
            if loss < best[0]:
                best = (loss, (head(rows[test]).argmax(1) == labels[test]).float().mean().item())
    return best


def train_in_melvit(program, data, rate, seed, folder):
    run = json.loads(melvit(program, "train", *data, "--recipe", "study", "--split", "gtzan-filtered", "--lr", rate,
                            "--weight-decay", str(WEIGHT_DECAY), "--epochs", str(EPOCHS), "--batch", str(BATCH),
                            "--seed", str(seed), "--out", f"{folder}/{rate}_{seed}", "--json"))
    return run["validation"]["loss"], run["test"]["accuracy"]


def spread(accuracies):
    """Mean and its standard error, in points."""
    return 100 * statistics.mean(accuracies), 100 * statistics.stdev(accuracies) / math.sqrt(len(accuracies))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/melvit")
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    data = ["--data", f"{options.shared}/data/gtzan/images_original",
            "--body", f"{options.shared}/weights/vit_tiny_patch16_224.safetensors", "--precision", "fp32"]
    runs = {"melvit": {}, "torch": {}}
    with tempfile.TemporaryDirectory() as folder:
        features = pathlib.Path(folder) / "features.safetensors"
        melvit(options.program, "extract", *data, "--recipe", "study", "--out", str(features))
        rows, labels, names = read_features(features)
        sides = list(sides_of(f"{options.shared}/data/gtzan/splits/gtzan_fault_filtered.csv", names))
        print("rows of training, validation, test:", *map(len, sides))
        for rate in RATES:
            runs["melvit"][rate] = [train_in_melvit(options.program, data, rate, seed, folder) for seed in range(options.seeds)]
            runs["torch"][rate] = [train_in_torch(rows, labels, sides, rate, seed) for seed in range(options.seeds)]
    for made in runs.values():
        made["better of both"] = [min(pair) for pair in zip(*(made[rate] for rate in RATES))]
    for rate in (*RATES, "better of both"):
        (ours, our_error), (theirs, their_error) = (spread([test for _, test in runs[who][rate]]) for who in ("melvit", "torch"))
        print(f"learning rate {rate}: melvit {ours:.1f} ± {our_error:.1f}, torch {theirs:.1f} ± {their_error:.1f}, "
              f"difference {ours - theirs:+.1f} ± {math.hypot(our_error, their_error):.1f}", flush=True)


if __name__ == "__main__":
    main()
