#!/usr/bin/env python3
"""Writes tests/golden/spectrum.safetensors: what librosa, torchvision and Pillow make of small inputs.

    python3 tools/make_golden_spectrum.py [SHARED]

SHARED (default ../shared) gives the pictures of the data set behind the tensors `set.*`.
Needs librosa, matplotlib, torch, torchvision, Pillow and safetensors (made with librosa 0.11, torch 1.13, torchvision 0.14,
Pillow 9.4; the digests of matplotlib's colour maps with 3.11).
"""
import hashlib
import io
import pathlib
import struct
import sys
import zlib

import librosa
import matplotlib
import numpy as np
import PIL.Image
import safetensors.numpy
import torch
import torchvision.transforms as T

ROOT = pathlib.Path(__file__).parent.parent
SHARED = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared"
random = np.random.default_rng(20240229)
tensors = {}


# Mel-spectrograms. The signals are stored as 16-bit samples, so both sides start from the same numbers.

def signals(rate):
    seconds = np.arange(int(0.6 * rate) + 77) / rate
    yield "noise", random.normal(0, 0.2, len(seconds))
    yield "chirp", 0.7 * np.sin(2 * np.pi * (50 * seconds + 0.5 * (rate / 2.2 - 50) / 0.6 * seconds**2))
    yield "tones", sum(0.2 * np.sin(2 * np.pi * hz * seconds) for hz in (110, 440, 1234.5, 3000)) \
        + random.normal(0, 1e-4, len(seconds))
    clicks = np.zeros(len(seconds))
    clicks[:: rate // 7] = 0.9
    yield "clicks", clicks + random.normal(0, 3e-4, len(seconds))
    yield "quiet", random.normal(0, 1e-4, len(seconds))
    yield "one_click_in_silence", np.where(np.arange(len(seconds)) == rate // 4, 0.5, 0.0)


# name: rate, window, hop, bands, lowest, highest, floor
CONFIGS = {
    "study": (22050, 2048, 512, 128, 0, 11025, -80),
    "m2d": (16000, 400, 160, 80, 50, 8000, -80),
    "odd_factors": (8000, 882, 300, 40, 20, 3900, -60),
}

for name, (rate, window, hop, bands, lowest, highest, floor) in CONFIGS.items():
    filters = librosa.filters.mel(sr=rate, n_fft=window, n_mels=bands, fmin=lowest, fmax=highest)
    tensors[f"filters.{name}"] = filters[:: 8 if name == "study" else 4]
    for signal, samples in signals(rate):
        integers = np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)
        power = librosa.feature.melspectrogram(y=integers / 32768.0, sr=rate, n_fft=window, hop_length=hop,
                                               n_mels=bands, fmin=lowest, fmax=highest)
        tensors[f"mel.{name}.{signal}.samples"] = integers
        # Every third frame and the last: they see the padding at both ends.
        frames = list(range(0, power.shape[1] - 1, 3)) + [power.shape[1] - 1]
        decibels = librosa.power_to_db(power, ref=np.max, top_db=-floor)
        tensors[f"mel.{name}.{signal}.decibels"] = decibels[:, frames].astype(np.float32)


# Crop, resize, normalise. The pictures are a rule, which the test repeats.

def picture_by_rule(width, height):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((3 * x * x + 5 * y * y + 7 * x * y + 97 * c) // 4 % 256).astype(np.uint8)


NORMALISE = {"imagenet": T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
             "half": T.Normalize((0.5,) * 3, (0.5,) * 3)}


def image_of(pixels, crop, normalisation):
    transform = T.Compose([T.ToTensor(), crop,
                           T.Resize((224, 224), T.InterpolationMode.BILINEAR, antialias=True),
                           NORMALISE[normalisation]])
    return transform(pixels).numpy()[:, ::9, ::9].copy()


def window(left, top, width, height):
    return T.Lambda(lambda image: T.functional.crop(image, top, left, height, width))


for width, height in ((432, 288), (433, 289), (349, 219), (351, 221), (100, 80), (401, 120), (1, 1), (1000, 600)):
    pixels = picture_by_rule(width, height)
    for normalisation in ("imagenet", "half") if width == 432 else ("imagenet",):
        tensors[f"centre.{width}x{height}.{normalisation}"] = image_of(pixels, T.CenterCrop((218, 348)), normalisation)
for left, top, width, height in ((54, 35, 112, 218), (277, 35, 112, 218), (10, 20, 40, 30), (0, 0, 432, 288),
                                 (-20, -30, 500, 300)):
    name = f"window.{left},{top},{width},{height}"
    tensors[name] = image_of(picture_by_rule(432, 288), window(left, top, width, height), "imagenet")


# PNG files of every colour type, JPEG files, and their colours as Pillow sees them.

def png_rows(samples, depth):
    """[height x width x channels] -> packed rows, each after a filter byte 0."""
    rows = samples.reshape(samples.shape[0], -1)
    if depth == 16:
        packed = rows.astype(">u2").view(np.uint8)
    elif depth == 8:
        packed = rows.astype(np.uint8)
    else:
        bits = np.unpackbits(rows.astype(np.uint8)[..., None], axis=2)[:, :, 8 - depth:]
        packed = np.packbits(bits.reshape(len(rows), -1), axis=1)
    return b"".join(b"\0" + row.tobytes() for row in packed)


def png(samples, depth, colour_type, palette=None, transparent=None, interlaced=False):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    height, width = samples.shape[:2]
    if interlaced:  # the seven passes of Adam7: first row, first column, row step, column step
        passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
        parts = [samples[r::rs, c::cs] for r, c, rs, cs in passes]
        rows = b"".join(png_rows(part, depth) for part in parts if part.size)
    else:
        rows = png_rows(samples, depth)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0,
                                                             int(interlaced)))
    if palette is not None:
        out += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    if transparent is not None:
        out += chunk(b"tRNS", transparent)
    return out + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def keep(name, data, colours=None):
    if colours is None:
        colours = np.array(PIL.Image.open(io.BytesIO(data)).convert("RGB"))
    tensors[f"{name}.file"] = np.frombuffer(data, np.uint8)
    tensors[f"{name}.colours"] = colours


def samples(depth, channels, top=None):
    return random.integers(0, top or 2**depth, (13, 19, channels))


for interlaced in (False, True):
    mark = "_interlaced" if interlaced else ""
    for depth in (1, 2, 4, 8, 16):
        grey = samples(depth, 1)
        # Pillow clips 16-bit grey at 255; melvit keeps the upper byte, as Pillow does for 16-bit colours.
        upper = np.repeat(grey >> 8, 3, axis=2).astype(np.uint8) if depth == 16 else None
        keep(f"png.grey{depth}{mark}", png(grey, depth, 0, interlaced=interlaced), upper)
    for depth in (1, 2, 4, 8):
        palette = random.integers(0, 256, (2**depth, 3))
        keep(f"png.palette{depth}{mark}", png(samples(depth, 1), depth, 3, palette, interlaced=interlaced))
        alpha = random.integers(0, 256, 2**depth).astype(np.uint8).tobytes()
        keep(f"png.palette{depth}_transparent{mark}",
             png(samples(depth, 1), depth, 3, palette, alpha, interlaced=interlaced))
    for depth in (8, 16):
        keep(f"png.rgb{depth}{mark}", png(samples(depth, 3), depth, 2, interlaced=interlaced))
        keep(f"png.rgba{depth}{mark}", png(samples(depth, 4), depth, 6, interlaced=interlaced))
        keep(f"png.grey_alpha{depth}{mark}", png(samples(depth, 2), depth, 4, interlaced=interlaced))
few = samples(8, 3, 4)
keep("png.rgb8_transparent", png(few, 8, 2, transparent=struct.pack(">HHH", *few[0, 0])))
keep("png.grey8_transparent", png(samples(8, 1, 4), 8, 0, transparent=struct.pack(">H", 2)))
keep("png.one_pixel", png(samples(8, 3)[:1, :1], 8, 2))

smooth = PIL.Image.fromarray(picture_by_rule(40, 30)).resize((53, 37), PIL.Image.BICUBIC)
for name, mode, options in (("grey", "L", {}), ("colour", "RGB", {"subsampling": 0}),
                            ("subsampled", "RGB", {"subsampling": 2}),
                            ("progressive", "RGB", {"progressive": True})):
    file = io.BytesIO()
    smooth.convert(mode).save(file, "JPEG", quality=85, **options)
    keep(f"jpeg.{name}", file.getvalue())
file = io.BytesIO()
smooth.convert("CMYK").save(file, "JPEG")
keep("jpeg.inks", file.getvalue())


# Pictures of the data set, through the study's transform.

for genre, number in (("blues", 0), ("jazz", 17), ("metal", 99)):
    file = SHARED / "data/gtzan/images_original" / genre / f"{genre}{number:05}.png"
    pixels = np.array(PIL.Image.open(file).convert("RGB"))
    tensors[f"set.{genre}{number:05}"] = image_of(pixels, T.CenterCrop((218, 348)), "imagenet")

# The colour maps, rounded to bytes as in the pictures of the set (bytes=True would cut them off):
# tests/spectrum/colour_map_test.cpp holds these digests.

for name in ("magma", "viridis"):
    colours = np.floor(255 * matplotlib.colormaps[name](np.arange(256))[:, :3] + 0.5).astype(np.uint8)
    print(f"{name}: SHA-256 {hashlib.sha256(colours.tobytes()).hexdigest()}")

target = ROOT / "tests/golden/spectrum.safetensors"
safetensors.numpy.save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, target)
print(f"{target.name}: {target.stat().st_size} bytes, {len(tensors)} tensors")
