#!/usr/bin/env python3
"""Compares what melvit decodes, sample by sample, with a second reader, for every container and coding that can be written here.

A signal of noise and sweeps is written in each; melvit's mono (decoded_samples) is compared with the same mean of the second
reader's channels. Second readers: libsndfile (with its own FLAC, Vorbis, Opus, mpg123, ALAC and ADPCM), GStreamer without its FFmpeg plug-in
(mpg123, FAAD, liba52, libdca, libmpcdec, WavPack, opus, ... and demuxers of its own), SoX, and Rust crates for what these do not read
(tools/second_readers, which also writes Monkey's Audio, Shorten, Musepack 7 and MPEG layer I). A lossless coding that none reads is compared with the
signal itself. The first two are `pip install numpy soundfile G722` and the packages gstreamer1.0-tools, gstreamer1.0-plugins-base, -good, -bad, -ugly; the
crates `cargo build --release` there; writers: ffmpeg, sox, lame, opus-tools, vorbis-tools, flac, wavpack, musepack-tools, twolame.

Every container and decoder that melvit/audio/formats.cpp accepts must be met here; the script ends with 1 and names those that are not.

Lossless codings must be equal to the bit, in place and length. Lossy ones may differ by 2^-14 of full scale, at one place: what ISO/IEC 11172-4
(and 14496-26) allow a decoder of "full accuracy" as its greatest difference. Codings whose decoders are free to differ more say so.

usage: tools/compare_readers.py build/benchmarks/decoded_samples tools/second_readers/target/release/second_readers [--keep FOLDER]
       (results/readers.csv is written, and the table between the marks in docs/formats.md)
"""

import argparse
import csv
import functools
import hashlib
import json
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import G722
import numpy as np
import soundfile

SECONDS = 3
FULL_ACCURACY = 2.0**-14
RESULTS = Path(__file__).parent.parent / "results/readers.csv"
PAGE = RESULTS.parent.parent / "docs/formats.md"
FORMATS = PAGE.parent.parent / "melvit/audio/formats.cpp"
MARK = "<!-- tools/compare_readers.py -->"
COLUMNS = ["container", "coding", "rate_hz", "channels", "writer", "second_reader", "samples_melvit", "samples_second", "offset", "greatest_difference", "verdict"]


def signal(rate, channels):
    """Noise and a sweep in each channel, below half of full scale, in steps of 2^-15: any PCM of 16 bits or more holds it."""
    time = np.arange(SECONDS * rate) / rate
    sound = np.empty((len(time), channels))
    for channel in range(channels):
        noise = np.random.default_rng(channel).uniform(-0.1, 0.1, len(time))
        sweep = 0.3 * np.sin(2 * np.pi * (100 + 50 * channel) * time * (1 + 4 * time))
        sound[:, channel] = noise + sweep
    return np.round(sound * 32768) / 32768


def mono(samples):
    """The mean of the channels in melvit's own order of roundings (melvit/audio/mono.cpp)."""
    scale = np.float32(1) / np.float32(samples.shape[1])
    if samples.dtype == np.int32:
        scale = np.float32(1) / (np.float32(2**31) * np.float32(samples.shape[1]))
    channels = samples.astype(np.float32) * scale
    total = channels[:, 0]
    for channel in range(1, samples.shape[1]):
        total = total + channels[:, channel]
    return total


def run(*command):
    command = [str(part) for part in command]
    try:
        done = subprocess.run(command, capture_output=True, timeout=20)
    except subprocess.TimeoutExpired:  # GStreamer hangs once in a thousand starts
        done = subprocess.run(command, capture_output=True, timeout=20)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[-200:]}")
    return done.stdout


def read_sndfile(path, _channels):
    with soundfile.SoundFile(path) as file:
        kind = {"FLOAT": "float32", "DOUBLE": "float64", "VORBIS": "float32", "OPUS": "float32"}.get(file.subtype, "int32")
        return file.read(file.frames, dtype="float32" if file.subtype.startswith("MPEG") else kind, always_2d=True)


def read_gstreamer(path, channels):
    raw = Path(f"{path}.gst")
    run("gst-launch-1.0", "-q", "filesrc", f"location={path}", "!", "decodebin", "!", "audioconvert", "dithering=none", "!",
        f"audio/x-raw,format=F32LE,layout=interleaved,channels={channels}", "!", "filesink", f"location={raw}")
    return np.fromfile(raw, np.float32).reshape(-1, channels)


def read_sox(path, channels):
    return np.frombuffer(run("sox", "-D", "-V1", path, "-t", "raw", "-e", "signed", "-b", "32", "-"), np.int32).reshape(-1, channels)


def read_libg722(path, _channels):
    data = path.read_bytes()
    return np.array(G722.G722(16000, 64000).decode(data[data.index(b"data") + 8:]), np.int32).reshape(-1, 1) * 2**16


def read_crate(kind):
    def read(path, channels):
        raw = Path(f"{path}.crate")
        run(SECOND_READERS, "read", kind, channels, path, raw)
        return np.fromfile(raw, np.int32).reshape(-1, channels)

    return read


SECOND_READERS = None
READERS = {"libsndfile": read_sndfile, "GStreamer": read_gstreamer, "SoX": read_sox, "libg722": read_libg722, "ape-decoder 0.3.2": read_crate("ape"),
           "oxideav-tta 0.0.4": read_crate("tta"), "oxideav-shorten 0.0.4": read_crate("shn"), "oxideav-adpcm 0.0.7, IMA": read_crate("ima_qt"),
           "oxideav-adpcm 0.0.7, Yamaha": read_crate("yamaha")}


class Case:
    """One file to write and compare. `write(target, source, sound)` gets a WAV file of the signal and the signal."""

    def __init__(self, container, coding, suffix, writer, write, reader, rate=44100, channels=2, lossless=False, allowed=None):
        self.container, self.coding, self.suffix, self.writer, self.write, self.reader = container, coding, suffix, writer, write, reader
        self.rate, self.channels, self.lossless = rate, channels, lossless and not allowed
        self.allowed, self.why = allowed or (FULL_ACCURACY, "")

    def name(self):
        return f"{self.container}-{self.coding}-{self.writer}-{self.rate}-{self.channels}".replace(" ", "_").replace("/", "_")


MS_ADPCM = (2**-5, "predictions are rounded towards 0; others round down")
IMA_WAV = (2**-9, "each step is rounded otherwise; in WAV it is equal to GStreamer's")
IMA_QT = (2**-8, "a block goes on from the last one's sample; others from the rounded one in its header")
SPEECH = (2**-5, "floating point against the standard's fixed point")


def sndfile_cases():
    """Everything that libsndfile writes in containers that melvit opens."""
    for container in ["WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "VOC", "IRCAM", "AVR", "NIST", "SVX", "FLAC", "OGG", "MP3"]:
        for coding in soundfile.available_subtypes(container):
            if coding.startswith(("DWVW", "NMS", "MPEG_LAYER_I")) and (container, coding) != ("MP3", "MPEG_LAYER_III"):
                continue
            for endian in ["FILE", "LITTLE", "BIG"]:
                if not soundfile.check_format(container, coding, endian):
                    continue

                def write(target, _source, sound, container=container, coding=coding, endian=endian):
                    soundfile.write(target, sound, len(sound) // SECONDS, coding, endian, container)

                speech = coding.startswith(("GSM", "G72"))
                allowed = MS_ADPCM if coding == "MS_ADPCM" else IMA_QT if (container, coding) == ("AIFF", "IMA_ADPCM") else IMA_WAV if (container, coding) == ("W64", "IMA_ADPCM") else None
                reader = "GStreamer" if coding == "IMA_ADPCM" and container == "WAV" else "libsndfile"
                yield Case(container if endian == "FILE" else f"{container} {endian.lower()}-endian", coding, container.lower(), "libsndfile", write, reader,
                           8000 if speech else 48000 if coding == "OPUS" else 44100, 1 if speech or container == "SVX" else 2,
                           coding not in ("VORBIS", "OPUS", "MPEG_LAYER_III"), allowed)


def program(*command):
    """A writer that runs a program; {in}, {out} stand for its files."""
    return lambda target, source, _sound: run(*[part.format(**{"in": source, "out": target}) for part in command])


def ffmpeg(coding, *flags):
    return program("ffmpeg", "-v", "error", "-y", "-i", "{in}", "-c:a", coding, *flags, "-strict", "-2", "{out}")


def sox(*flags):
    return program("sox", "-D", "{in}", *flags, "{out}")


def write_dsf(bits, target, _source, sound):
    """DSD of 2.8 MHz, 8 times the rate of `sound` (one channel), from a modulator of second order; bytes hold their first bit lowest or highest."""
    stream, first, second = [], 0.0, 0.0
    for sample in np.repeat(sound[:, 0], 8).tolist():
        one = second >= 0
        first += sample - (1 if one else -1)
        second += first - (2 if one else -2)
        stream.append(one)
    data = np.packbits(stream, bitorder="little" if bits == 1 else "big").tobytes()
    data += bytes(-len(data) % 4096)
    form = struct.pack("<4sQ6IQ2I", b"fmt ", 52, 1, 0, 1, 1, 2822400, bits, len(stream), 4096, 0)
    body = form + struct.pack("<4sQ", b"data", 12 + len(data)) + data
    target.write_bytes(struct.pack("<4s3Q", b"DSD ", 28, 28 + len(body), 0) + body)


def program_cases():
    """What the writers of each coding write."""
    flac, s24, opus = program("flac", "-s", "-f", "-o", "{out}", "{in}"), ("-b", "24"), program("opusenc", "--quiet", "{in}", "{out}")
    for rate, channels in [(22050, 1), (48000, 2), (96000, 2), (44100, 6)]:
        yield Case("FLAC", "flac", "flac", "flac", flac, "libsndfile", rate, channels, True)
        yield Case("WAV", "s24", "wav", "SoX", sox(*s24), "libsndfile", rate, channels, True)
    for name, suffix, flags in [("WAV", "wav", ()), ("AIFF", "aiff", s24), ("AIFF", "aifc", ()), ("AU", "au", s24), ("CAF", "caf", ()), ("W64", "w64", s24),
                                ("NIST", "sph", ()), ("IRCAM", "sf", ()), ("SVX", "8svx", ()), ("AVR", "avr", ())]:
        yield Case(name, "s24" if flags else "s16", suffix, "SoX", sox(*flags, "-e", "signed"), "libsndfile", channels=1 if suffix == "8svx" else 2, lossless=True)
    yield Case("SOX", "s32", "sox", "SoX", sox(), "SoX", lossless=True)
    for coding, flags in [("s16", ("-b", "16")), ("s24", s24), ("s32", ("-b", "32")), ("f32", ("-e", "float", "-b", "32")), ("f64", ("-e", "float", "-b", "64")),
                          ("u8", ("-b", "8", "-e", "unsigned")), ("A-law", ("-e", "a-law")), ("mu-law", ("-e", "mu-law"))]:
        # libsndfile refuses what SoX writes there of 24 and 32 bits.
        yield Case("WAV big-endian", coding, "wav", "SoX", sox(*flags, "-B"), "SoX" if coding in ("s24", "s32") else "libsndfile", lossless=True)
    yield Case("GSM", "gsm", "gsm", "SoX", sox(), "SoX", 8000, 1, True)
    yield Case("AMR", "amr_nb", "amr", "SoX", sox("-t", "amr-nb"), "SoX", 8000, 1, allowed=SPEECH)
    for bitrate, rate, channels in [("128", 44100, 2), ("320", 48000, 2), ("64", 22050, 1), ("32", 11025, 1)]:
        yield Case("MP3", f"mp3 {bitrate} kbit/s", "mp3", "LAME", program("lame", "--quiet", "-b", bitrate, "{in}", "{out}"), "libsndfile", rate, channels)
    yield Case("MP3", "mp3 VBR", "mp3", "LAME", program("lame", "--quiet", "-V2", "{in}", "{out}"), "libsndfile")
    yield Case("MP3", "mp2", "mp2", "TwoLAME", program("twolame", "--quiet", "{in}", "{out}"), "GStreamer")
    for rate, channels in [(22050, 1), (44100, 2), (44100, 6)]:
        yield Case("OGG", "vorbis", "ogg", "oggenc", program("oggenc", "-Q", "-o", "{out}", "{in}"), "libsndfile", rate, channels)
        yield Case("OGG", "opus", "opus", "opusenc", opus, "libsndfile", 48000, channels)
        yield Case("ADTS", "aac", "aac", "FFmpeg", ffmpeg("aac", "-aac_pns", "0"), "GStreamer", rate, channels)
    yield Case("OGG", "flac", "oga", "flac", program("flac", "-s", "-f", "--ogg", "-o", "{out}", "{in}"), "GStreamer", lossless=True)
    yield Case("OGG", "speex", "spx", "speexenc", program("speexenc", "--quiet", "{in}", "{out}"), "GStreamer", 8000, 1, allowed=SPEECH)
    yield Case("WavPack", "wavpack", "wv", "wavpack", program("wavpack", "-q", "-y", "{in}", "-o", "{out}"), "GStreamer", lossless=True)
    yield Case("WavPack", "wavpack lossy", "wv", "wavpack", program("wavpack", "-q", "-y", "-b256", "{in}", "-o", "{out}"), "GStreamer", lossless=True)
    yield Case("Musepack", "mpc8", "mpc", "mpcenc", program("mpcenc", "--silent", "--overwrite", "{in}", "{out}"), "GStreamer")
    crate = lambda kind: lambda target, source, _sound: run(SECOND_READERS, "write", kind, source, target)
    yield Case("Musepack", "mpc7", "mpc", "oxideav-musepack", crate("mpc7"), "GStreamer")
    yield Case("MP3", "mp1", "mp1", "oxideav-mp1", crate("mp1"), "GStreamer")
    yield Case("Shorten", "shorten", "shn", "oxideav-shorten", crate("shn"), "oxideav-shorten 0.0.4", lossless=True)
    for rate, channels in [(44100, 2), (22050, 1), (96000, 2)]:
        yield Case("APE", "Monkey's Audio", "ape", "oxideav-ape", crate("ape"), "ape-decoder 0.3.2", rate, channels, True)

    for bits, coding in [(1, "dsd_lsbf"), (8, "dsd_msbf")]:
        yield Case("DSF", coding, "dsf", "this script", functools.partial(write_dsf, bits), "the signal", 352800, 1)


# Container, suffix, and codings that FFmpeg's muxer takes; where no reader but FFmpeg is at hand, "-" stands before the coding.
FFMPEG_WRITES = """MOV/MP4 mp4 aac libmp3lame flac ac3 libopus -alac
MOV/MP4 mov pcm_s16le pcm_s16be pcm_s24le pcm_f32be pcm_mulaw
Matroska mka aac libmp3lame libvorbis libopus flac ac3 pcm_s24le pcm_f32le wavpack -alac -tta
CAF caf pcm_s16be -alac -flac adpcm_ima_qt
AVI avi libmp3lame pcm_s16le ac3 adpcm_ms
FLV flv libmp3lame aac pcm_s16le
ASF asf libmp3lame pcm_s16le -wmav1 -wmav2
AC-3 ac3 ac3
E-AC-3 eac3 -eac3
DTS dts dca
TTA tta tta
MLP mlp -mlp
TrueHD thd -truehd
VOC voc pcm_u8 pcm_s16le
WAV wav adpcm_ms adpcm_ima_wav pcm_s24le pcm_f64le -pcm_s64le pcm_alaw adpcm_yamaha g722"""

# Readers of one coding, whatever the container.
OWN_READERS = {"tta": "oxideav-tta 0.0.4", "adpcm_ima_qt": "oxideav-adpcm 0.0.7, IMA", "adpcm_yamaha": "oxideav-adpcm 0.0.7, Yamaha", "g722": "libg722", "pcm_f64le": "libsndfile"}


def ffmpeg_cases():
    for line in FFMPEG_WRITES.splitlines():
        container, suffix, *codings = line.split()
        for entry in codings:
            coding = entry.removeprefix("-")
            whole = coding in ("flac", "alac", "tta", "wavpack", "mlp", "truehd")
            usual = OWN_READERS.get(coding, {"VOC": "SoX", "CAF": "libsndfile"}.get(container, "GStreamer"))
            reader = usual if entry == coding else "the signal"
            rate = {"mlp": 48000, "truehd": 48000, "libopus": 48000, "g722": 16000}.get(coding, 44100)
            channels = 1 if coding in ("libopus", "g722") else 2
            # Without bands that a decoder fills with noise of its own.
            flags = {"aac": ["-aac_pns", "0"], "ac3": ["-b:a", "640k"], "eac3": ["-b:a", "1536k"], "wmav1": ["-b:a", "320k"], "wmav2": ["-b:a", "320k"]}.get(coding, [])
            yield Case(container, coding.removeprefix("lib"), suffix, "FFmpeg", ffmpeg(coding, *flags), reader, rate, channels, whole or coding.startswith(("pcm", "adpcm")),
                       {"dca": (2**-10, "decoders that only approximate each other"), "adpcm_ima_qt": IMA_QT}.get(coding))


def compare(case, path, mine, sound):
    """The row of a case: offset of melvit's samples within the second reader's, and the greatest difference where both are."""
    second = sound.astype(np.float64) if case.reader == "the signal" else READERS[case.reader](path, case.channels)
    second = mono(second)
    size = 1 << (len(mine) + len(second)).bit_length()
    product = np.fft.irfft(np.conj(np.fft.rfft(mine, size)) * np.fft.rfft(second, size), size)
    offset = int(np.argmax(product))
    offset -= size if offset > size // 2 else 0
    a, b = mine[max(0, -offset):], second[max(0, offset):]
    shared = min(len(a), len(b))
    difference = float(np.max(np.abs(a[:shared] - b[:shared]))) if shared else 1.0
    if case.reader == "the signal" and difference > 0:
        likeness = float(a[:shared] @ b[:shared] / np.sqrt((a[:shared] @ a[:shared]) * (b[:shared] @ b[:shared])))
        verdict = f"no second reader: like the signal (correlation {likeness:.3f})" if likeness > 0.9 else "DIFFERENT"
    elif case.lossless:
        # A reader may count the padding of the last block.
        verdict = "equal" if difference == 0 and offset == 0 and len(mine) in (len(second), len(sound)) else "DIFFERENT"
    else:
        verdict = "within" if difference <= case.allowed and shared > 0.9 * SECONDS * case.rate else "DIFFERENT"
        verdict += f" {case.allowed:g}: {case.why}" if case.why else ""
    return [len(mine), len(second), offset, f"{difference:.3g}", verdict]


def names_of(path):
    """What ffprobe calls a file's container and codings; nothing of big-endian WAV, which it does not know."""
    shown = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_name:format=format_name", "-of", "csv=p=0", path], capture_output=True)
    return re.findall(r"\w+", shown.stdout.decode())


def row_of(case, folder, decoder, versions, met):
    """The row of a case; the names of the container and of the coding of a file that melvit accepts go to `met`."""
    source, target = folder / f"{case.name()}.source.wav", folder / f"{case.name()}.{case.suffix}"
    sound = signal(case.rate, case.channels)
    soundfile.write(source, sound, case.rate, "PCM_16", format="WAV" if case.channels < 3 else "WAVEX")
    row = [case.container, case.coding, case.rate, case.channels, case.writer, versions.get(case.reader, case.reader)]
    try:
        case.write(target, source, sound)
    except (RuntimeError, OSError, soundfile.LibsndfileError) as error:
        return row + ["", "", "", "", f"not written: {error}"]
    facts = json.loads(run(decoder, target))
    if "refused" in facts:
        return row + ["", "", "", "", f"refused: {facts['refused']}"]
    met.update(names_of(target))
    try:
        row += compare(case, target, np.fromfile(f"{target}.melvit", np.float32), sound)
    except (RuntimeError, ValueError, soundfile.LibsndfileError) as error:
        return row + ["", "", "", "", f"not compared: {error}"]
    row[-1] += f" ({facts['warning']})" if facts["warning"] else ""
    return row


def versions_of_readers():
    return {"libsndfile": f"libsndfile {soundfile.__libsndfile_version__}", "GStreamer": run("gst-launch-1.0", "--version").decode().split("\n")[1],
            "SoX": run("sox", "--version").decode().split("v")[-1].join(["SoX ", ""]).strip()}


def accepted():
    """What formats.cpp lets through, as ffprobe names it: FFmpeg has two decoders of some codings, and decoders of another name than their coding."""
    source = FORMATS.read_text()
    lists = [source[source.index(f"{name} =") :].split(";", 1)[0] for name in ("kContainers", "kDecoders")]
    names = ",".join(re.findall(r'"([^"]+)"', " ".join(lists))).replace(",,", ",").split(",")
    codings = {"mp1float": "mp1", "mp2float": "mp2", "mp3float": "mp3", "mpc7": "musepack7", "mpc8": "musepack8", "g722": "adpcm_g722", "dca": "dts", "amrnb": "amr_nb"}
    return {codings.get(name, name) for name in names if name}


def markdown(rows):
    """A line for each container (of either byte order), reader and verdict."""
    lines = {}
    for container, coding, _, _, _, reader, _, _, _, difference, verdict in rows:
        kind = verdict.split(" (")[0]
        line = lines.setdefault((container.removesuffix("-endian").removesuffix(" little").removesuffix(" big"), reader, kind), ([], []))
        line[0].append(coding.lower())
        line[1].append(float(difference or 0))
    table = "| container | codings | second reader | greatest difference | verdict |\n|---|---|---|---|---|\n"
    for (container, reader, verdict), (codings, differences) in lines.items():
        if not verdict.startswith(("refused", "not written")):
            table += f"| {container} | {', '.join(dict.fromkeys(codings))} | {reader} | {max(differences):.1g} | {verdict} |\n"
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("decoder", type=Path)
    parser.add_argument("second_readers", type=Path)
    parser.add_argument("--keep", type=Path, help="leave the files here")
    arguments = parser.parse_args()
    global SECOND_READERS
    SECOND_READERS = arguments.second_readers.resolve()
    versions = versions_of_readers()
    met = set()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        rows, seen = [], set()
        for case in [*sndfile_cases(), *program_cases(), *ffmpeg_cases()]:
            row = row_of(case, folder, arguments.decoder.resolve(), versions, met)
            target = folder / f"{case.name()}.{case.suffix}"
            digest = hashlib.sha256(target.read_bytes()).digest() if target.exists() else None
            if digest is None or digest not in seen:
                rows.append(row)
                print(*row, sep=" | ", file=sys.stderr)
            seen.add(digest)
    with open(RESULTS, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    before, _, rest = PAGE.read_text().partition(MARK)
    PAGE.write_text(before + MARK + "\n" + markdown(rows) + MARK + rest.partition(MARK)[2])
    unheard = accepted() - met
    if unheard:
        sys.exit(f"melvit/audio/formats.cpp: needs to accept nothing that is not compared here, it accepts {', '.join(sorted(unheard))}")


if __name__ == "__main__":
    main()
