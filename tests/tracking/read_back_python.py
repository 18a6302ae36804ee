"""Holds numbers as melvit prints them against Python's own repr, for python_json_test.cpp.

read_back_python.py FILE   lines of "<bits of the double in hex> <text>"; prints how many are equal, then those that are not
"""

import struct
import sys

equal = 0
for line in open(sys.argv[1]):
    bits, text = line.split()
    value = struct.unpack(">d", bytes.fromhex(bits))[0]
    if repr(value) == text:
        equal += 1
    else:
        print(f"{value!r} is printed as {text}")
print(equal)
