"""Draws the figure of docs/performance.md: images a second of melvit and its peers, from a table of benchmarks/peers.

    python3 tools/plot_peers.py results/peers_machine_e.csv --model vit_b_16 --batch 8 --out docs/performance.svg

Medians over the rounds of the table. Needs gnuplot and Python's standard library.
"""

import argparse
import collections
import csv
import statistics
import subprocess

PRECISIONS = ["fp32", "bf16", "int8"]
OWN_CHOICE = {"best": "bf16"}  # OpenVINO's, where a processor has fast bf16
# As the table names them, and as people do; of OpenVINO the faster of its two hints.
ENGINES = {"melvit": ["melvit"], "OpenVINO": ["openvino latency", "openvino throughput"],
           "ONNX Runtime": ["onnxruntime"], "PyTorch": ["torch"]}

SCRIPT = """
set terminal svg size 720,320 dynamic font "sans-serif,13" background "white"
set output "{out}"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.9
set boxwidth 0.9
set yrange [0:*]
set offsets 0, 0, graph 0.1, 0
set grid ytics lc rgb "#dddddd"
set border 3
set tics nomirror
set ylabel "images a second"
set key outside right top
set datafile missing "-"
$data << END
{rows}
END
plot {plots}
"""
COLOURS = ["#7a1fa2", "#f28e2b", "#4e79a7", "#9c9c9c"]


def medians(table, model, batch):
    rounds = collections.defaultdict(list)
    with open(table, newline="") as file:
        for row in csv.DictReader(file):
            if row["model"] == model and int(row["batch"]) == batch and row["images_per_second"]:
                precision = OWN_CHOICE.get(row["precision"], row["precision"])
                rounds[row["engine"], precision].append(float(row["images_per_second"]))
    return {key: statistics.median(values) for key, values in rounds.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table")
    parser.add_argument("--model", default="vit_b_16")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--out", default="docs/performance.svg")
    arguments = parser.parse_args()
    found = medians(arguments.table, arguments.model, arguments.batch)
    rows = []
    for precision in PRECISIONS:
        cells = [max((found[name, precision] for name in names if (name, precision) in found), default=None)
                 for names in ENGINES.values()]
        rows.append(" ".join([precision] + ["-" if cell is None else f"{cell:.3g}" for cell in cells]))
    plots = ", ".join(f'$data using {column}:xtic(1) title "{name}" lc rgb "{COLOURS[column - 2]}"'
                      for column, name in enumerate(ENGINES, start=2))
    subprocess.run(["gnuplot"], input=SCRIPT.format(out=arguments.out, rows="\n".join(rows), plots=plots), text=True,
                   check=True)
    print("\n".join(rows))


if __name__ == "__main__":
    main()
