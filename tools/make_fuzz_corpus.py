"""Writes fuzz/corpus/<door>/: small files of every kind that a door reads, from which the fuzzers start.

Usage: tools/make_fuzz_corpus.py    needs the ffmpeg program; sweep files start from configs/
"""

import collections
import io
import json
import pathlib
import pickle
import struct
import subprocess
import sys
import types

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "fuzz/corpus"

SOUNDS = {  # name -> ffmpeg's options
    "s16.wav": [], "u8.wav": ["-c:a", "pcm_u8"], "f32.wav": ["-c:a", "pcm_f32le"], "adpcm.wav": ["-c:a", "adpcm_ms"],
    "s24.aiff": ["-c:a", "pcm_s24be"], "mulaw.au": ["-c:a", "pcm_mulaw"], "a.flac": [], "a.caf": [], "a.w64": [],
    "a.mp3": [], "a.mp2": [], "vorbis.ogg": ["-c:a", "libvorbis"], "opus.ogg": ["-c:a", "libopus"], "a.m4a": [],
    "alac.m4a": ["-c:a", "alac"], "a.aac": [], "a.wma": [], "a.wv": [], "a.tta": [], "a.mka": ["-c:a", "libvorbis"],
}
PICTURES = {
    "rgb.png": ["-pix_fmt", "rgb24"], "grey16.png": ["-pix_fmt", "gray16be"], "palette.png": ["-pix_fmt", "pal8"],
    "alpha.png": ["-pix_fmt", "rgba"], "colour.jpg": [],
}
TEXTS = {
    "table.csv": "file,genre,artist\r\na.wav,jazz,\"A, B\"\r\n\r\nb.wav,rock,\"say \"\"x\"\"\"\r\n".encode(),
    "semicolon.csv": "sep=;\nfile;genre\nä.mp3;jazz\n".encode("cp1252"),
    "tab.csv": "\ufefffile\tgenre\na.wav\tjazz\n".encode(),
    "utf16.csv": "\ufefffile,genre\r\na.wav,jazz\r\n".encode("utf-16-le"),
    "list.m3u8": "\ufeff#EXTM3U\n#EXTINF:12,A - B\n../music/a\u0308.mp3\nC:\\music\\b.mp3\n".encode(),
    "list.pls": b"[playlist]\nFile1=a.mp3\nTitle1=A\nLength1=12\nNumberOfEntries=1\nVersion=2\n",
    "list.xspf": b"<?xml version=\"1.0\"?><playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\"><trackList><track>"
                 b"<location>file:///a%20b.mp3</location></track></trackList></playlist>",
    "sheet.cue": b"FILE \"a.wav\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n",
    "zero.list": b"a.wav\0b c.wav\0",
}


def by_ffmpeg(door, source, kinds):
    for name, options in kinds.items():
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-fflags", "+bitexact", "-flags",
                        "+bitexact", "-frames:v", "1", *options, str(CORPUS / door / name)], check=True)


class Storage:
    """Stands for a torch storage; the pickle names it by a persistent id."""


def state_dict_pickle(protocol):
    """What torch.save writes as data.pkl: tensors by torch._utils._rebuild_tensor_v2 over storages by id."""
    for name in ("torch", "torch._utils"):
        sys.modules[name] = types.ModuleType(name)

    def rebuild(*arguments):
        return arguments

    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    sys.modules["torch._utils"]._rebuild_tensor_v2 = rebuild
    kind = type("FloatStorage", (), {"__module__": "torch"})
    sys.modules["torch"].FloatStorage = kind

    class Tensor:
        def __reduce_ex__(self, _):
            return rebuild, (Storage(), 0, (2, 3), (3, 1), False, collections.OrderedDict())

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return ("storage", kind, "0", "cpu", 6) if isinstance(value, Storage) else None

    stream = io.BytesIO()
    state = collections.OrderedDict({"blocks.0.norm1.weight": Tensor(), "head.bias": Tensor()})
    Pickler(stream, protocol).dump({"state_dict": state, "epoch": 3, "arguments": {"lr": 0.1, "name": "vit"}})
    return stream.getvalue()


def safetensors(tensors):
    header, data = {"__metadata__": {"heads": "3"}}, b""
    for name, (kind, shape, values) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def main():
    for door in ("audio", "picture", "pickle", "safetensors", "user_text"):
        (CORPUS / door).mkdir(parents=True, exist_ok=True)
    by_ffmpeg("audio", "sine=frequency=440:sample_rate=8000:duration=0.25", SOUNDS)
    by_ffmpeg("picture", "testsrc=size=24x16:rate=1:duration=1", PICTURES)
    for protocol in (2, 4):
        (CORPUS / "pickle" / f"protocol{protocol}.pkl").write_bytes(state_dict_pickle(protocol))
    (CORPUS / "safetensors/kinds.safetensors").write_bytes(safetensors({
        "head.weight": ("F32", [2, 2], bytes(16)), "half": ("F16", [3], bytes(6)), "b": ("BF16", [1], bytes(2)),
        "d": ("F64", [1], bytes(8)), "i": ("I64", [], bytes(8)), "none": ("U8", [0], b"")}))
    for name, text in TEXTS.items():
        (CORPUS / "user_text" / name).write_bytes(text)


if __name__ == "__main__":
    main()
