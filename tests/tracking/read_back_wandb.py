"""Reads .wandb files with the wandb package's own DataStore and messages, for wandb_test.cpp.

read_back_wandb.py records FILE    the records as JSON lines, after checking that none holds a field unknown to wandb
read_back_wandb.py frames FOLDER   for each x.wandb the record sizes in x.sizes: checks that DataStore reads these records
                                   back and writes the same bytes; prints how many files it checked

Record i of a frames file has the bytes (i + 7 * j) % 251 for j = 0, 1, 2 ...
Exits with 77 when the package is missing. DataStore was part of it until version 0.25.
"""

import json
import pathlib
import sys
import tempfile

try:
    from google.protobuf.json_format import MessageToDict
    from wandb.proto.wandb_internal_pb2 import Record
    from wandb.sdk.internal.datastore import DataStore
except ImportError as missing:
    print(missing)
    sys.exit(77)


def scan(file):
    store = DataStore()
    store.open_for_scan(str(file))
    while (data := store.scan_data()) is not None:
        yield bytes(data)
    store.close()


def print_records(file):
    for data in scan(file):
        record = Record()
        record.ParseFromString(data)
        with_unknown_fields = record.SerializeToString()
        record.DiscardUnknownFields()
        assert record.SerializeToString() == with_unknown_fields, f"wandb knows not every field of {data!r}"
        print(json.dumps(MessageToDict(record, preserving_proto_field_name=True)))


def rewritten(records):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "again.wandb")
        store = DataStore()
        store.open_for_write(str(file))
        for record in records:
            store._write_data(record)
        store.close()
        return file.read_bytes()


def check_frames(folder):
    files = sorted(pathlib.Path(folder).glob("*.wandb"))
    for file in files:
        sizes = [int(size) for size in file.with_suffix(".sizes").read_text().split()]
        expected = [bytes((i + 7 * j) % 251 for j in range(size)) for i, size in enumerate(sizes)]
        assert list(scan(file)) == expected, f"{file.name}: DataStore reads other records"
        assert rewritten(expected) == file.read_bytes(), f"{file.name}: DataStore writes other bytes"
    print(len(files))


if __name__ == "__main__":
    {"records": print_records, "frames": check_frames}[sys.argv[1]](sys.argv[2])
