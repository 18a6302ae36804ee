"""The peer of head_benchmark: a training step of the study's head (768-1024-1024-10, batch 100, AdamW) in PyTorch.

Prints the fastest and the median step in milliseconds for the number of threads given (default: all cores).

usage: head_torch.py [THREADS]
"""

import os
import statistics
import sys
import time

import torch

WARM_UP = 5
STEPS = 100


def main():
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count()
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    head = torch.nn.Sequential(
        torch.nn.Linear(768, 1024), torch.nn.Linear(1024, 1024), torch.nn.ReLU(), torch.nn.Linear(1024, 10)
    )
    features, labels = torch.randn(800, 768), torch.randint(10, (800,))
    optimiser = torch.optim.AdamW(head.parameters(), lr=0.0016, weight_decay=0.012)
    criterion = torch.nn.CrossEntropyLoss()
    milliseconds = []
    for step in range(WARM_UP + STEPS):
        rows = slice(step % 8 * 100, step % 8 * 100 + 100)
        start = time.perf_counter()
        optimiser.zero_grad()
        criterion(head(features[rows]), labels[rows]).backward()
        optimiser.step()
        milliseconds.append(1000 * (time.perf_counter() - start))
    milliseconds = milliseconds[WARM_UP:]
    print(f"torch {torch.__version__}, {threads} threads: fastest {min(milliseconds):.1f} ms, "
          f"median {statistics.median(milliseconds):.1f} ms a step")


if __name__ == "__main__":
    main()
