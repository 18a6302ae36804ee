"""Two builds of melvit beside each other, in turn, so that a machine's mood falls on both: images a second of `melvit bench`.

usage: compare_programs.py BEFORE AFTER [--levels avx2,] [--bodies vit_b_16,...] [--rounds 5] [--out results/programs.csv]

Prints a row for each (level, body, precision, batch): the median of each program, and the median of the rounds' ratios.
A level is a name of MELVIT_MAX_ISA; the empty one is all that the processor has. BEFORE may be a program that knows oneDNN's
variable only, so that is set as well.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess

ONEDNN = {"avx2": "AVX2", "avx2_vnni": "AVX2_VNNI", "avx512": "AVX512_CORE", "avx512_vnni": "AVX512_CORE_VNNI"}
HEADER = ["level", "body", "precision", "batch", "threads", "before", "after", "ratio"]


def images_per_second(program, level, body, precision, batch, threads):
    environment = dict(os.environ)
    if level:
        environment.update(MELVIT_MAX_ISA=level, ONEDNN_MAX_CPU_ISA=ONEDNN[level])
    command = [program, "bench", "--body", f"random:{body}", "--precision", precision, "--batch", str(batch)]
    command += ["--threads", str(threads), "--json"] if threads else ["--json"]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return json.loads(answer)["images_per_second"]


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
    parser.add_argument("--out")
    flags = parser.parse_args()
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
    if flags.out:
        with open(flags.out, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([HEADER, *rows])


if __name__ == "__main__":
    main()
