#!/usr/bin/env python3
"""Images per second of `melvit bench` on the peers' weights, in the peers' form, after a check against PyTorch.

    python3 benchmarks/peers/vit_melvit.py --melvit build/melvit --body build/peers/vit_b_16.safetensors --batch 8

The check: melvit extract reads two pictures of one colour, which no crop and no resize changes; its features have to
be PyTorch's. The start is that run's, to its end. The peak of memory is that of the bench, which takes two seconds and
its own median.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from safetensors.numpy import load_file

import peer

GENRES = ("blues", "jazz")
STUDY = ["--recipe", "study", "--tokens", "class"]


def done(process):
    if process.returncode:
        sys.exit(f"error: melvit {process.args[1]}: exit status {process.returncode}")
    return process


def checked(given, melvit):
    """The cosine of melvit's features of the pictures to the reference's, and the run's seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for genre in GENRES:
            (folder / "data" / genre).mkdir(parents=True)
            shutil.copy(peer.beside(given.body, genre + ".png"), folder / "data" / genre / f"{genre}.00000.png")
        start = time.perf_counter()
        done(subprocess.run([*melvit("extract"), *STUDY, "--data", folder / "data", "--out", folder / "f.safetensors"],
                            stdout=subprocess.DEVNULL, env=os.environ | {"XDG_CACHE_HOME": name}))
        seconds = time.perf_counter() - start
        tensors = load_file(folder / "f.safetensors")
    wanted = load_file(peer.beside(given.body, "reference.safetensors"))["colour_features"]
    features = next(tensor for tensor in tensors.values() if tensor.shape == wanted.shape)
    return peer.cosine(features, wanted), seconds


def benched(melvit, batch):
    """What melvit bench prints, and the largest memory of its process in MB."""
    process = subprocess.Popen([*melvit("bench"), "--batch", str(batch)], stdout=subprocess.PIPE)
    document = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    done(process)
    return json.loads(document), usage.ru_maxrss / 1024


def main():
    parser = peer.flags("Images per second of melvit bench on the peers' weights.", None)
    parser.add_argument("--melvit", type=pathlib.Path, default=peer.ROOT / "build" / "melvit")
    given = peer.read_flags(parser)
    if not given.melvit.exists():
        peer.not_here(f"{given.melvit} does not exist")

    def melvit(verb):
        return [given.melvit.resolve(), verb, "--json", "--quiet", "--body", given.body.resolve(), "--precision",
                given.precision, "--threads", str(given.threads)]

    known = subprocess.run([given.melvit.resolve(), "bench", "--help"], capture_output=True, text=True).stdout
    if given.precision not in re.search(r"--precision.*\{(.*)\}", known)[1].split(","):
        peer.not_here(f"{given.melvit} has no {given.precision}")
    version = subprocess.run([given.melvit.resolve(), "--version"], capture_output=True, text=True).stdout.split()[-1]
    agreement, start = checked(given, melvit)
    document, peak = benched(melvit, given.batch)
    if given.precision == "auto":
        given.precision = f"auto: {document['precision']}"
    peer.report(given, "melvit", version, {
        "images_per_second": document["images_per_second"], "cosine_to_fp32": agreement, "peak_rss_mb": peak,
        "start_seconds": start})


if __name__ == "__main__":
    main()
