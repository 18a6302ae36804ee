"""Golden numbers of tests/head and tests/training: ten steps of torch's AdamW on the study's head and on a smaller one, and
sklearn's metrics of some probabilities.

Inputs and first weights come from the same random numbers as melvit's (core/random.h), so the file holds results only:
the loss of each step, and of the weights after the last step every STRIDE-th and the sum of all.

usage: make_golden_head.py FOLDER      (torch 1.13.1, scikit-learn, numpy, safetensors)
"""

import pathlib
import sys

import numpy as np
import sklearn
import torch
from safetensors.numpy import save_file
from sklearn import metrics

GAMMA = np.uint64(0x9E3779B97F4A7C15)
STEPS = 10
STRIDE = 997  # a prime, so that rows and columns are met evenly


def mix(x):
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def random_bits(seed, index, count):
    """The first numbers of melvit::Random(seed, index)."""
    with np.errstate(over="ignore"):
        start = mix(mix(np.uint64(seed) + GAMMA) ^ (np.uint64(index) * GAMMA + np.uint64(1)))
        return mix(start + (np.arange(count, dtype=np.uint64) + np.uint64(1)) * GAMMA)


def uniform(seed, index, count, bound):
    """Random::uniform(-bound, bound), rounding by rounding."""
    bound = np.float32(bound)
    unit = (random_bits(seed, index, count) >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)
    return -bound + (bound + bound) * unit


def make_head(sizes, relu, seed):
    """melvit::make_head as torch layers. sizes: units from the features to the genres."""
    modules = []
    for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        bound = np.float32(1.0) / np.sqrt(np.float32(inputs))
        numbers = uniform(seed, i, (inputs + 1) * outputs, bound)
        linear = torch.nn.Linear(inputs, outputs)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(numbers[: inputs * outputs].reshape(outputs, inputs)))
            linear.bias.copy_(torch.from_numpy(numbers[inputs * outputs :]))
        modules.append(linear)
        if relu[i]:
            modules.append(torch.nn.ReLU())
    return torch.nn.Sequential(*modules)


def ten_steps(name, sizes, relu, batch, smoothing, lr, weight_decay, dtype=torch.float32):
    """Steps over two mini-batches in turn."""
    head = make_head(sizes, relu, seed=1).to(dtype)
    features = torch.from_numpy(uniform(2, 0, 2 * batch * sizes[0], 1.0).reshape(2 * batch, sizes[0])).to(dtype)
    labels = torch.from_numpy((random_bits(3, 0, 2 * batch) % np.uint64(sizes[-1])).astype(np.int64))
    optimiser = torch.optim.AdamW(head.parameters(), lr=lr, weight_decay=weight_decay)
    criterion = torch.nn.CrossEntropyLoss(label_smoothing=smoothing)
    losses = []
    for step in range(STEPS):
        rows = slice(step % 2 * batch, (step % 2 + 1) * batch)
        optimiser.zero_grad()
        loss = criterion(head(features[rows]), labels[rows])
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    golden = {f"{name}.losses": np.array(losses, dtype=np.float32)}
    for i, linear in enumerate(m for m in head if isinstance(m, torch.nn.Linear)):
        for kind, values in (("weight", linear.weight), ("bias", linear.bias)):
            flat = values.detach().numpy().ravel()
            golden[f"{name}.layers.{i}.{kind}.some"] = flat[:: STRIDE if kind == "weight" else 1].astype(np.float32)
            golden[f"{name}.layers.{i}.{kind}.sum"] = np.array([flat.sum(dtype=np.float64)], dtype=np.float64)
    return golden


def sklearn_metrics(tracks=200, genres=6):
    logits = uniform(4, 0, tracks * genres, 3.0).reshape(tracks, genres).astype(np.float64)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (random_bits(5, 0, tracks) % np.uint64(genres)).astype(np.int64)
    predicted = probabilities.argmax(axis=1)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(labels, predicted, zero_division=0)
    golden = {"loss": metrics.log_loss(labels, probabilities), "accuracy": metrics.accuracy_score(labels, predicted),
              "macro_f1": metrics.f1_score(labels, predicted, average="macro"),
              "precision": precision, "recall": recall, "f1": f1}
    return {name: np.atleast_1d(value).astype(np.float32) for name, value in golden.items()}


def main():
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[1])
    golden = ten_steps("study", [768, 1024, 1024, 10], [0, 1, 0], 100, 0.0, 0.0016, 0.012)
    golden |= ten_steps("mlp", [45, 50, 50, 7], [1, 1, 0], 33, 0.1, 0.003, 0.05)
    save_file(golden, folder / "head.safetensors", metadata={"made_with": f"torch {torch.__version__}"})
    save_file(sklearn_metrics(), folder / "head_metrics.safetensors",
              metadata={"made_with": f"scikit-learn {sklearn.__version__}"})


if __name__ == "__main__":
    main()
