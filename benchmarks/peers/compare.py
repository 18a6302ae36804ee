#!/usr/bin/env python3
"""melvit and every installed peer in turn, round after round, on the same weights and images: a table and a CSV.

    python3 benchmarks/peers/compare.py --melvit build/melvit                     # all models, batches 1 and 8, all cores
    python3 benchmarks/peers/compare.py --models vit_ti_16 --threads 1 2 --rounds 3

A round runs every engine on every case, each in a process of its own, one after the other; so whatever else the machine
does hits all of them. The table has medians over the rounds; a ratio is the median of the rounds' ratios. The CSV has
every run as it ends, with the share of the machine's processor time that others took meanwhile. Ctrl-C ends the rounds
and prints the table of what is there.
"""

import argparse
import csv
import importlib.util
import json
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "build" / "peers"
MODELS = ["vit_ti_16", "vit_s_16", "vit_b_16"]
YARDSTICK = ("onnxruntime", "fp32")
NOT_HERE = 3  # exit status of a script that can not run here
QUIET = 0.1  # share of the processors that others may take in a run
TUNING = ("OMP_", "GOMP_", "KMP_", "MKL_", "DNNL_", "ONEDNN_", "OPENBLAS_")  # variables that would change engines
COLUMNS = ["round", "model", "batch", "threads", "engine", "version", "precision", "images_per_second", "cosine_to_fp32",
           "peak_rss_mb", "start_seconds", "others"]


def entries(given):
    """The command of each engine and precision, for those that are installed."""
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    for precision in given.melvit_precisions:
        yield ["vit_melvit.py", "--melvit", str(given.melvit), "--precision", precision]
    peers = [["onnxruntime", "--precision", "fp32"], ["onnxruntime", "--precision", "int8"]]
    has_bf16 = "amx_bf16" in flags or "avx512_bf16" in flags
    for precision in ["fp32", "int8"] + ["best"] * has_bf16:
        peers += [["openvino", "--precision", precision, "--hint", hint] for hint in ("LATENCY", "THROUGHPUT")]
    peers += [["torch", "--precision", "fp32"], ["torch", "--precision", "bf16"]]
    peers += [["torch", "--precision", "fp32", "--compile"]] if given.compile else []
    missing = {package for package, *_ in peers if not importlib.util.find_spec(package)}
    for package in sorted(missing):
        print(f"skipped: {package} is not installed for {sys.executable}", file=sys.stderr)
    for package, *options in peers:
        if package not in missing:
            yield [f"vit_{package}.py", *options]


def machine_seconds():
    """Processor time since the machine's start: of all programs and what the hypervisor took, and with the idle time."""
    ticks = [int(number) for number in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK"), sum(ticks) / os.sysconf("SC_CLK_TCK")


def own_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class LeftOut(Exception):
    """Why a run gave no result; for_good when no other case will either."""

    def __init__(self, reason, for_good=False):
        super().__init__(reason)
        self.for_good = for_good


def run(command, seconds, case):
    """What a script reports, with the share of the processors that others took."""
    model, batch, threads = case
    environment = {name: value for name, value in os.environ.items() if not name.startswith(TUNING)}
    busy, total, own = *machine_seconds(), own_seconds()
    try:
        done = subprocess.run(
            [sys.executable, HERE / command[0], *command[1:], "--json", "--seconds", str(seconds), "--batch", str(batch),
             "--threads", str(threads), "--body", FOLDER / f"{model}.safetensors"],
            capture_output=True, text=True, env=environment, timeout=1800)
    except subprocess.TimeoutExpired:
        raise LeftOut("no answer in 30 minutes") from None
    busy_now, total_now = machine_seconds()
    if done.returncode:
        reason = (done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1]
        raise LeftOut(reason, done.returncode == NOT_HERE)
    others = (busy_now - busy - (own_seconds() - own)) / max(total_now - total, 1e-9)
    return json.loads(done.stdout) | {"others": max(others, 0.0)}


def quietest(command, given, case):
    """The first run that others leave alone, or the one of --tries that they disturb least."""
    tries = []
    while len(tries) < given.tries and not any(result["others"] < QUIET for result in tries):
        tries.append(run(command, given.seconds, case))
    return min(tries, key=lambda result: result["others"])


def rounds(given, table):
    """Fills the table, a list of runs, and the CSV."""
    cases = [(model, batch, threads) for threads in given.threads for model in given.models for batch in given.batches]
    commands = list(entries(given))
    plan = [(case, command) for case in cases for command in commands if given.matching.search(" ".join(command))]
    broken, start, count = set(), time.monotonic(), 0
    with open(given.csv, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for number in range(1, given.rounds + 1):
            for case, command in plan:
                count += 1
                if (case, *command) in broken or (None, *command) in broken:
                    continue
                name = f"{' '.join(command)}, {case[0]}, batch {case[1]}, {case[2]} threads"
                try:
                    result = quietest(command, given, case)
                except LeftOut as reason:
                    broken.add((None if reason.for_good else case, *command))
                    print(f"{name}: left out: {reason}", file=sys.stderr)
                    continue
                table.append({"round": number} | {key: result[key] for key in COLUMNS[1:]})
                writer.writerow(table[-1])
                file.flush()
                spent = time.monotonic() - start
                left = spent / count * (given.rounds * len(plan) - count)
                print(f"round {number}: {name}: {result['images_per_second']:.2f} images/s, others "
                      f"{100 * result['others']:.0f} %; {left / 60:.0f} min left", file=sys.stderr)


def ratio(runs, yardstick):
    """The median over the rounds in which both ran."""
    theirs = {run["round"]: run["images_per_second"] for run in yardstick}
    ratios = [run["images_per_second"] / theirs[run["round"]] for run in runs if run["round"] in theirs]
    return f"{statistics.median(ratios):.2f}" if ratios else "-"


def markdown(table):
    groups = {}
    for entry in table:
        key = tuple(entry[name] for name in ("model", "batch", "threads", "engine", "precision"))
        groups.setdefault(key, []).append(entry)
    yield "| model | batch | threads | engine | precision | images/s | lowest - highest | to ONNX Runtime fp32 | cosine | MB | start s |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for key, runs in groups.items():
        model, batch, threads, engine, precision = key
        middle = {name: statistics.median(run[name] for run in runs) for name in COLUMNS[7:]}
        speeds = [run["images_per_second"] for run in runs]
        yield (f"| {model} | {batch} | {threads} | {engine} {runs[0]['version']} | {precision} | "
               f"{middle['images_per_second']:.2f} | {min(speeds):.2f} - {max(speeds):.2f} | "
               f"{ratio(runs, groups.get((*key[:3], *YARDSTICK), []))} | {middle['cosine_to_fp32']:.5f} | "
               f"{middle['peak_rss_mb']:.0f} | {middle['start_seconds']:.1f} |")
    others = [entry["others"] for entry in table]
    yield ""
    yield (f"{len(table)} runs; others took {100 * statistics.median(others):.0f} % of the processors in the median run, "
           f"{100 * max(others):.0f} % in the worst, more than {100 * QUIET:.0f} % in {sum(share > QUIET for share in others)}.")


def read_flags():
    parser = argparse.ArgumentParser(description="melvit and its peers in turn: a Markdown table and a CSV.")
    parser.add_argument("--melvit", type=pathlib.Path, default=HERE.parents[1] / "build" / "melvit")
    parser.add_argument("--melvit-precisions", nargs="+", default=["fp32", "bf16", "int8"], metavar="P")
    parser.add_argument("--models", nargs="+", default=MODELS, help="names of files in build/peers")
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 8])
    parser.add_argument("--threads", nargs="+", type=int, default=[len(os.sched_getaffinity(0))])
    parser.add_argument("--matching", type=re.compile, default=re.compile(""), metavar="REGEX",
                        help="only engines whose command it is found in: 'fp32'")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tries", type=int, default=1,
                        help="repeat a run while others take 10 %% of the processors, so often at most")
    parser.add_argument("--seconds", type=float, default=3, help="how long each run of a peer measures")
    parser.add_argument("--compile", action="store_true", help="also torch.compile, which takes minutes to start")
    parser.add_argument("--csv", type=pathlib.Path, default=FOLDER / "compare.csv")
    return parser.parse_args()


def main():
    given = read_flags()
    missing = [model for model in given.models if not (FOLDER / f"{model}.reference.safetensors").exists()]
    if missing:
        subprocess.run([sys.executable, HERE / "export_vit.py", *missing], check=True)
    table = []
    try:
        rounds(given, table)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    if not table:
        sys.exit("error: compare: needs an engine that runs, none did")
    print("\n".join(markdown(table)))


if __name__ == "__main__":
    main()
