"""Makes the numbers of results/performance.csv on the whole way again: songs a second of melvit extract beside what the body alone could do,
and the memory it takes for a few songs and for thousands.

    python3 tools/run_whole_way.py --program build/melvit --body random:vit_ti_16 --songs 100 1000 10000

Makes songs by rule, extracts their features without a cache (one image a song), and measures the body alone before and after each run.
Needs nothing but Python's standard library; 10 000 songs of 2 s take 1 GB of disk.
"""

import argparse
import json
import os
import subprocess
import tempfile

GENRES = 10


def run(command, environment=None):
    """What it prints as JSON, and the most memory of its process in MB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)}: status {status}")
    return json.loads(out), usage.ru_maxrss / 1024


def body_alone(arguments):
    result, _ = run([arguments.program, "bench", "--body", arguments.body, "--precision", arguments.precision,
                     "--batch", "16", "--json", "--quiet"])
    return result["images_per_second"]


def measure(arguments, songs):
    with tempfile.TemporaryDirectory() as folder:
        run([arguments.program, "synth", "--out", f"{folder}/songs", "--per-genre", str(songs // GENRES),
             "--seconds", str(arguments.seconds), "--json", "--quiet"])
        before = body_alone(arguments)
        result, megabytes = run(
            [arguments.program, "extract", "--data", f"{folder}/songs", "--body", arguments.body, "--recipe", "study",
             "--precision", arguments.precision, "--out", f"{folder}/features.safetensors", "--json", "--quiet"],
            {**os.environ, "MELVIT_CACHE": f"{folder}/cache"})
        after = body_alone(arguments)
    alone = (before + after) / 2
    rate = result["images_per_second"]
    print(f"| {songs} | {rate:.1f} | {alone:.1f} ({before:.1f}, {after:.1f}) | {rate / alone:.2f} | {megabytes:.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/melvit")
    parser.add_argument("--body", default="random:vit_ti_16")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--songs", nargs="*", type=int, default=[100, 1000, 10000])
    parser.add_argument("--seconds", type=float, default=2)
    arguments = parser.parse_args()
    print("| songs | songs a second | images a second of the body alone (before, after) | share | peak memory, MB |")
    print("|---|---|---|---|---|")
    for songs in arguments.songs:
        measure(arguments, songs)


if __name__ == "__main__":
    main()
