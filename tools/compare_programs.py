"""Two builds of melvit beside each other, in turn, so that a machine's mood falls on both.

usage: compare_programs.py BEFORE AFTER [--levels avx2,] [--bodies vit_b_16,...] [--rounds 5] [--out results/programs.csv]
       compare_programs.py BEFORE AFTER --commands ../shared [--rounds 5] [--out results/commands.csv]
       compare_programs.py BEFORE AFTER --features ../shared [--out results/features.csv]

The first prints a row for each (level, body, precision, batch) of `melvit bench`: images a second, the median of each program, and the median of
the rounds' ratios. The second prints a row for each of COMMANDS, from an empty cache but where features are named: seconds and the most memory.
The third compares the features of 999 pictures in each precision, and the mean test accuracy of heads of SEEDS seeds on each program's own.
A level is a name of MELVIT_MAX_ISA; the empty one is all that the processor has. BEFORE may be a program that knows oneDNN's
variable only, so that is set as well.
"""

import argparse
import array
import csv
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ONEDNN = {"avx2": "AVX2", "avx2_vnni": "AVX2_VNNI", "avx512": "AVX512_CORE", "avx512_vnni": "AVX512_CORE_VNNI"}
IMAGES = "data/gtzan/images_original"
BODY = ["--body", "{shared}/weights/vit_tiny_patch16_224.safetensors"]
# Name, whether the features are in the cache already, arguments; {out} is a new folder.
COMMANDS = [
    ("start", False, ["--version"]),
    ("999 pictures, fp32, study", False, ["extract", "--data", "{shared}/" + IMAGES, *BODY, "--recipe", "study", "--precision", "fp32", "--out", "{out}/f"]),
    ("999 pictures, int8, study", False, ["extract", "--data", "{shared}/" + IMAGES, *BODY, "--recipe", "study", "--precision", "int8", "--out", "{out}/f"]),
    ("40 songs of 60 s, MP3, int8, best", False, ["extract", "--data", "{shared}/data/emotify", *BODY, "--recipe", "best", "--precision", "int8", "--out", "{out}/f"]),
    ("one head, study", True, ["train", "--data", "{shared}/" + IMAGES, *BODY, "--recipe", "study", "--precision", "fp32", "--split", "random:0", "--out", "{out}/run"]),
    ("one head, best", True, ["train", "--data", "{shared}/" + IMAGES, *BODY, "--recipe", "best", "--precision", "fp32", "--split", "random:0", "--out", "{out}/run"]),
    ("the study's sweep 2, 231 heads", True, ["sweep", "{sweep}", "--data", "{shared}/" + IMAGES, *BODY, "--precision", "fp32", "--split", "random:0", "--out", "{out}/sweep"]),
]
SWEEP = pathlib.Path(__file__).parent.parent / "configs/study_sweep2.yaml"
COMMAND_HEADER = ["command", "before_seconds", "after_seconds", "ratio", "before_mb", "after_mb"]
SEEDS = 10
FEATURE_HEADER = ["precision", "share_equal", "largest_difference", "largest_feature", "before_accuracy", "after_accuracy"]
HEADER = ["level", "body", "precision", "batch", "threads", "before", "after", "ratio"]


def images_per_second(program, level, body, precision, batch, threads):
    environment = dict(os.environ)
    if level:
        environment.update(MELVIT_MAX_ISA=level, ONEDNN_MAX_CPU_ISA=ONEDNN[level])
    command = [program, "bench", "--body", f"random:{body}", "--precision", precision, "--batch", str(batch)]
    command += ["--threads", str(threads), "--json"] if threads else ["--json"]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return json.loads(answer)["images_per_second"]


def run(program, arguments, cache, places):
    """Seconds and megabytes of one command."""
    with tempfile.TemporaryDirectory() as out:
        command = [program, *(argument.format(out=out, **places) for argument in arguments)]
        start = time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, "MELVIT_CACHE": str(cache or f"{out}/cache")},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status != 0:
            raise SystemExit(f"{' '.join(command)}: status {status}")
        return time.perf_counter() - start, usage.ru_maxrss / 1024


def compare_commands(flags):
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        places = {"shared": flags.commands, "sweep": SWEEP}
        programs = {"before": flags.before, "after": flags.after}
        for name, has_features, arguments in COMMANDS:
            caches = {which: pathlib.Path(folder, which) if has_features else None for which in programs}
            if has_features:
                for which, program in programs.items():
                    run(program, arguments, caches[which], places)
            rounds = [[run(program, arguments, caches[which], places) for which, program in programs.items()]
                      for _ in range(20 * flags.rounds if name == "start" else flags.rounds)]
            (before, after), (before_mb, after_mb) = ([statistics.median(round[p][value] for round in rounds) for p in (0, 1)] for value in (0, 1))
            ratio = statistics.median(after[0] / before[0] for before, after in rounds)
            rows.append([name, f"{before:.3f}", f"{after:.3f}", f"{ratio:.3f}", f"{before_mb:.0f}", f"{after_mb:.0f}"])
            print(*rows[-1], sep="\t", flush=True)
    return rows


def tensor_of(file, name):
    """The floats of one tensor of a safetensors file."""
    data = pathlib.Path(file).read_bytes()
    size = int.from_bytes(data[:8], "little")
    begin, end = json.loads(data[8:8 + size])[name]["data_offsets"]
    return array.array("f", data[8 + size + begin:8 + size + end])


def compare_features(flags):
    rows = []
    for precision in flags.precisions.split(","):
        with tempfile.TemporaryDirectory() as folder:
            places = {"shared": flags.features}
            common = ["--data", "{shared}/" + IMAGES, *BODY, "--recipe", "study", "--precision", precision]
            features, accuracies = [], []
            for which, program in [("before", flags.before), ("after", flags.after)]:
                out = pathlib.Path(folder, which)
                run(program, ["extract", *common, "--out", f"{out}.safetensors"], out, places)
                features.append(tensor_of(f"{out}.safetensors", "rows"))
                tests = []
                for seed in range(SEEDS):
                    folder_of_run = pathlib.Path(f"{out}-{seed}")
                    run(program, ["train", *common, "--seed", str(seed), "--split", f"random:{seed}", "--out", str(folder_of_run)], out, places)
                    tests.append(json.loads((folder_of_run / "result.json").read_text())["test"]["accuracy"])
                accuracies.append(f"{statistics.mean(tests):.3f}")
            before, after = features
            difference = max(abs(a - b) for a, b in zip(before, after, strict=True))
            rows.append([precision, sum(a == b for a, b in zip(before, after)) / len(before), f"{difference:.3g}", f"{max(map(abs, before)):.3g}", *accuracies])
            print(*rows[-1], sep="\t", flush=True)
    return rows


def compare_benches(flags):
    rows = []
    for level in flags.levels.split(","):
        for body in flags.bodies.split(","):
            for precision in flags.precisions.split(","):
                for batch in flags.batches.split(","):
                    pairs = [[images_per_second(program, level, body, precision, batch, flags.threads)
                              for program in (flags.before, flags.after)] for _ in range(flags.rounds)]
                    before, after = (statistics.median(column) for column in zip(*pairs))
                    ratio = statistics.median(a / b for b, a in pairs)
                    rows.append([level or "native", body, precision, batch, flags.threads or "all",
                                 f"{before:.2f}", f"{after:.2f}", f"{ratio:.3f}"])
                    print(*rows[-1], sep="\t", flush=True)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--levels", default="")
    parser.add_argument("--bodies", default="vit_b_16,vit_s_16,vit_ti_16")
    parser.add_argument("--precisions", default="fp32,bf16,int8")
    parser.add_argument("--batches", default="1,8")
    parser.add_argument("--threads", type=int, default=0, help="0: all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--commands", help="times COMMANDS on the data of this folder instead")
    parser.add_argument("--features", help="compares features of the data of this folder instead")
    parser.add_argument("--out")
    flags = parser.parse_args()
    if flags.commands:
        header, rows = COMMAND_HEADER, compare_commands(flags)
    elif flags.features:
        header, rows = FEATURE_HEADER, compare_features(flags)
    else:
        header, rows = HEADER, compare_benches(flags)
    if flags.out:
        with open(flags.out, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    main()
