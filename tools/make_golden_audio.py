#!/usr/bin/env python3
"""Writes tests/golden/audio.safetensors: a tenth of a second of stereo noise at several rates, and what librosa
makes of it at 22 050 Hz mono. Made with librosa 0.11.0, soxr 1.1.0, numpy, safetensors.

usage: tools/make_golden_audio.py
"""

from pathlib import Path

import librosa
import numpy as np
from safetensors.numpy import save_file

RATES_HZ = (8000, 44100, 48000, 96000)
SECONDS = 0.1


def main():
    random = np.random.default_rng(20)
    tensors = {}
    for rate_hz in RATES_HZ:
        stereo = random.uniform(-0.5, 0.5, (2, round(SECONDS * rate_hz))).astype(np.float32)
        mono = librosa.to_mono(stereo)
        tensors[f"{rate_hz}.stereo"] = np.ascontiguousarray(stereo.T)  # [samples x channels], as in a file
        tensors[f"{rate_hz}.mono_22050"] = librosa.resample(
            mono, orig_sr=rate_hz, target_sr=22050, res_type="soxr_hq"
        )
    save_file(tensors, Path(__file__).parent.parent / "tests/golden/audio.safetensors")


if __name__ == "__main__":
    main()
