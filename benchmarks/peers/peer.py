"""What every engine's script shares: flags, the files that export_vit.py made, the check, the clock and the report.

Imports nothing of any engine, so that an engine's memory and start are its own.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import time

import numpy
from safetensors.numpy import load_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "peers"
MODELS = {"vit_ti_16": (192, 3), "vit_s_16": (384, 6), "vit_b_16": (768, 12)}  # name: (width, heads)
NOT_HERE = 3  # exit status: this machine or this installation can not run what was asked for


def process_seconds():
    """Seconds since this process was started, its imports included."""
    started = int(pathlib.Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")


def peak_rss_mb():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def processor_flags():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return set(next((line.split(":")[1].split() for line in lines if line.startswith("flags")), []))


def not_here(reason):
    print(f"skipped: {reason}", file=sys.stderr)
    sys.exit(NOT_HERE)


def flags(description, precisions):
    """precisions  those that the engine has, None for any"""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--body", type=pathlib.Path, default=FOLDER / "vit_b_16.safetensors",
                        help="weights that export_vit.py wrote, its other files beside them")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--precision", choices=precisions, default="fp32")
    parser.add_argument("--seconds", type=float, default=3, help="how long to measure")
    parser.add_argument("--json", action="store_true", help="one JSON line and nothing else")
    return parser


def read_flags(parser):
    """The command line, once the files it names are there."""
    given = parser.parse_args()
    for file in (given.body, beside(given.body, "reference.safetensors")):
        if not file.exists():
            parser.error(f"{file} does not exist; export_vit.py makes it")
    return given


def beside(body, ending):
    """The file that export_vit.py wrote for these weights: vit_b_16.safetensors, "onnx" -> vit_b_16.onnx."""
    return body.with_suffix("." + ending)


def batches(body, batch):
    """The reference's images in batches of the given size, repeated where there are fewer, and their features."""
    reference = load_file(beside(body, "reference.safetensors"))
    images, features = reference["images"], reference["features"]
    order = numpy.arange(-(-max(len(images), batch) // batch) * batch) % len(images)
    return [(images[rows], features[rows]) for rows in order.reshape(-1, batch)]


def cosine(a, b):
    """The least of the rows' cosines."""
    a, b = a.astype(numpy.float64), b.astype(numpy.float64)
    return ((a * b).sum(1) / numpy.sqrt((a * a).sum(1) * (b * b).sum(1))).min()


def measured(given, run, at_a_time=1):
    """Runs the engine on all images for the check, then for a while for the clock.

    run        from a batch, [N, 3, 224, 224], to features, [N, D], or from a list of `at_a_time` of them to a list
    at_a_time  batches in flight
    """
    checked = batches(given.body, given.batch)
    first = checked[0][0]
    call = run if at_a_time == 1 else lambda images: run([images] * at_a_time)[-1]
    answers = [call(first)]
    start_seconds = process_seconds()
    answers += [call(images) for images, _ in checked[1:]]
    agreement = min(cosine(answer, features) for answer, (_, features) in zip(answers, checked))
    seconds = []
    stop = time.perf_counter() + given.seconds
    while len(seconds) < 4 or time.perf_counter() < stop:
        start = time.perf_counter()
        call(first)
        seconds.append(time.perf_counter() - start)
    return {"images_per_second": given.batch * at_a_time / statistics.median(seconds[1:]), "cosine_to_fp32": agreement,
            "peak_rss_mb": peak_rss_mb(), "start_seconds": start_seconds}


def report(given, engine, version, figures):
    """Prints the line; exits with 1 where the features have nothing to do with the reference's."""
    line = {"engine": engine, "version": version, "model": given.body.stem, "precision": given.precision,
            "batch": given.batch, "threads": given.threads, **figures}
    if given.json:
        print(json.dumps(line))
    else:
        print("{engine} {version}, {model}, {precision}, batch {batch}, {threads} threads: {images_per_second:.2f} "
              "images/s, cosine to fp32 {cosine_to_fp32:.6f}, {peak_rss_mb:.0f} MB, first features after "
              "{start_seconds:.1f} s".format(**line))
    lowest = 0.9999 if given.precision.startswith("fp32") else 0.5  # what int8 loses is a figure, not a mistake
    if not line["cosine_to_fp32"] > lowest:
        sys.exit(f"error: {engine}: needs the reference's features, the cosine is {line['cosine_to_fp32']:.6f}")
