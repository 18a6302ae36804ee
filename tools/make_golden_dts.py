#!/usr/bin/env python3
"""Writes tests/golden/tone.dts: half a second of a tone of 441 Hz as DTS, two channels, 44 100 Hz. Made with ffmpeg 5.1, whose encoder
is the only free one.

usage: tools/make_golden_dts.py
"""

import subprocess
from pathlib import Path


def main():
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-y", "-f", "lavfi", "-i", "sine=frequency=441:sample_rate=44100:duration=0.5",
         "-ac", "2", "-c:a", "dca", "-strict", "-2", "-b:a", "384k", "-f", "dts",
         Path(__file__).parent.parent / "tests/golden/tone.dts"],
        check=True,
    )


if __name__ == "__main__":
    main()
