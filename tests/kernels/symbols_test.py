"""Holds the objects of kernels/level against each other: a function that two of them define (an inline function of a header,
a template of the standard library) is linked once, so that the program could run one level's instructions on a processor
of another. Such symbols are weak; all of a level have to lie in its own namespace.

usage: symbols_test.py libmelvit_kernels.a
"""

import re
import subprocess
import sys

# Data that the compiler makes for exceptions; it holds no instructions.
HARMLESS = re.compile(r"DW\.ref\.")


def main(archive):
    lines = subprocess.run(["nm", "-C", archive], check=True, capture_output=True, text=True).stdout.splitlines()
    level, levels, faults = None, set(), []
    for line in lines:
        member = re.match(r"(\S+):$", line)
        if member:
            own = re.match(r"kernels_(\w+?)\.cpp", member.group(1))
            level = own.group(1) if own else None
            levels.add(level)
            continue
        symbol = re.match(r"[0-9a-f]+ ([WVu]) (.*)", line)
        if level and symbol and not HARMLESS.match(symbol.group(2)):
            if f"melvit::kernels::{level}::" not in symbol.group(2).split("(")[0]:
                faults.append(f"kernels_{level}: {symbol.group(2)} may be linked into other levels")
    if not levels - {None}:
        faults.append(f"{archive}: holds no kernels_LEVEL.cpp")
    for fault in faults:
        print(fault)
    print(f"kernels: {len(levels - {None})} levels, {len(faults)} symbols that they could share")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
