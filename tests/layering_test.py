"""Holds the #include lines of melvit/ against the layers that melvit/CMakeLists.txt declares.

A layer may include itself and what stands after its ON (and what those stand on). A third-party library may be
included by the folders of THIRD_PARTY only. Prints every line that breaks a rule and exits with 1.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Which folders may include a third-party header. core offers fmt and nlohmann-json to all.
THIRD_PARTY = {
    r"libav(?:format|codec|util)/|libswresample/": {"audio"},
    r"png\.h|jpeglib\.h": {"spectrum"},
    r"curl/": {"fetch"},
    r"openssl/": {"core"},
    r"zlib\.h": {"vit", "tracking"},
    r"CLI/": set(),
    r"yaml-cpp/": {"search"},
}


def declared_layers():
    """Layer -> all layers it stands on, in the order of the build file."""
    text = (ROOT / "melvit/CMakeLists.txt").read_text()
    layers = {}
    for name, rest in re.findall(r"^add_layer\((\w+)([^)]*)\)", text, re.MULTILINE):
        on = re.search(r"\bON\s+(.*?)(?:\bWITH\b|$)", rest, re.DOTALL)
        direct = on.group(1).split() if on else []
        unknown = [d for d in direct if d not in layers]
        if unknown:
            sys.exit(f"melvit/CMakeLists.txt: {name} stands on {unknown}, which do not come before it")
        layers[name] = set(direct).union(*(layers[d] for d in direct)) if direct else set()
    return layers


def faults(layers):
    folders = {p.name for p in (ROOT / "melvit").iterdir() if p.is_dir()}
    for folder in sorted(folders - set(layers)):
        yield f"melvit/{folder}: is no layer of melvit/CMakeLists.txt"
    for file in sorted((ROOT / "melvit").rglob("*")):
        if file.suffix not in {".h", ".cpp"}:
            continue
        layer, *inside = file.relative_to(ROOT / "melvit").parts
        if not inside:
            continue  # melvit.h, what programs outside include
        allowed = layers.get(layer, set()) | {layer}
        for number, line in enumerate(file.read_text().splitlines(), 1):
            include = re.match(r'\s*#\s*include\s*["<]([^">]+)', line)
            if not include:
                continue
            where = f"{file.relative_to(ROOT)}:{number}"
            if include.group(1).startswith("apps/"):
                yield f"{where}: a layer may not use an app"
            own = re.match(r"melvit/(\w+)/", include.group(1))
            if own and own.group(1) not in allowed:
                yield f"{where}: {layer} may not use {own.group(1)}"
            for pattern, owners in THIRD_PARTY.items():
                if re.match(pattern, include.group(1)) and layer not in owners:
                    yield f"{where}: only {sorted(owners) or 'apps'} may include {include.group(1)}"


def main():
    layers = declared_layers()
    found = list(faults(layers))
    for fault in found:
        print(fault)
    if not found:
        print(f"layering: {len(layers)} layers, every include points to an earlier one")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
