"""Golden files of tests/tracking: a Weights & Biases offline run and a TensorBoard event file, by the trackers' own packages.

run.wandb        wandb's Record messages, framed by its DataStore
events.tfevents  tensorboard's Event messages and the HParams plugin's summaries, written by its RecordWriter

In two places, marked below, the golden files are another valid encoding of the same messages than the packages' own.

usage: make_golden_tracking.py FOLDER      (wandb 0.25.0, tensorboard 2.21.0)
"""

import json
import pathlib
import sys

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2
from tensorboard.plugins.hparams.summary_v2 import _summary_pb
from tensorboard.summary.writer.record_writer import RecordWriter
from wandb.proto import wandb_internal_pb2 as pb
from wandb.sdk.internal.datastore import DataStore

START = 1700000000


def add_items(items, values):
    for key, value in values.items():
        items.add(key=key, value_json=json.dumps(value))


def run_record():
    record = pb.Record()
    run = record.run
    run.run_id, run.project, run.run_group, run.job_type = "ab12cd34", "melvit", "sweep-lr-wd", "train"
    run.display_name, run.host = "lr1e-3_wd1e-2", "host"
    run.tags.append("gtzan")
    run.start_time.seconds = START
    add_items(run.config.update, {"lr": 0.001, "weight_decay": 0.01, "epochs": 3})
    return record


def metric_records():
    epoch, accuracy = pb.Record(), pb.Record()
    epoch.metric.name = "epoch"
    epoch.metric.options.defined = True
    accuracy.metric.name, accuracy.metric.step_metric = "val/acc", "epoch"
    accuracy.metric.options.step_sync = accuracy.metric.options.defined = True
    accuracy.metric.summary.max = True
    accuracy.metric.goal = pb.MetricRecord.GOAL_MAXIMIZE
    return [epoch, accuracy]


def history_record(step):
    record = pb.Record()
    add_items(record.history.item, {
        "epoch": step + 1, "train/loss": 1 / (step + 1), "val/acc": (5 + step) / 10,
        "_step": step, "_runtime": 10.0 * step, "_timestamp": START + 10.0 * step})
    record.history.step.num = step
    return record


def closing_records():
    summary, files, end, final, footer = (pb.Record() for _ in range(5))
    add_items(summary.summary.update, {"val/acc": 0.7, "_step": 2, "_runtime": 20.0})
    files.files.files.add(path="train.log", policy=pb.FilesItem.PolicyType.END)
    end.exit.exit_code, end.exit.runtime = 0, 20
    final.final.SetInParent()
    footer.footer.SetInParent()
    return [summary, files, end, final, footer]


def delimited(field, data):
    """A message as a field of another one."""
    assert field < 16 and len(data) < 128
    return bytes([field << 3 | 2, len(data)]) + data


def serialized(record):
    """The golden file has a step of zero written out, which wandb's messages leave out: its empty field gets it back."""
    if not record.HasField("history") or record.history.step.num != 0:
        return record.SerializeToString()
    row = pb.HistoryRecord(item=record.history.item).SerializeToString() + delimited(2, b"\x08\x00")
    return pb.Record(num=record.num).SerializeToString() + delimited(2, row)


def write_wandb(file):
    header = pb.Record()
    header.header.version_info.producer = "melvit-0.1"
    header.header.version_info.min_consumer = "0.70.0"
    records = [header, run_record(), *metric_records(), *(history_record(s) for s in range(3)),
               *closing_records()]
    file.unlink(missing_ok=True)
    store = DataStore()
    store.open_for_write(str(file))
    for number, record in enumerate(records, 1):
        record.num = number
        store._write_data(serialized(record))
    store.close()


def scalar_event(step, value):
    summary = Summary(value=[Summary.Value(tag="val/acc", simple_value=value)])
    return Event(wall_time=START, step=step, summary=summary).SerializeToString()


def hparams_event(tag, **content):
    """The golden file has a value's tensor after its metadata, against the order of their field numbers."""
    summary = _summary_pb(tag, plugin_data_pb2.HParamsPluginData(**content))
    value = summary.value[0]
    tensor = Summary.Value(tensor=value.tensor).SerializeToString()
    value.ClearField("tensor")
    summary = delimited(1, value.SerializeToString() + tensor)
    return Event(wall_time=START).SerializeToString() + delimited(5, summary)


def session_start():
    info = plugin_data_pb2.SessionStartInfo(group_name="grp", start_time_secs=START)
    info.hparams["lr"].number_value = 0.001
    info.hparams["weight_decay"].number_value = 0.01
    return hparams_event("_hparams_/session_start_info", session_start_info=info)


def session_end():
    info = plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS, end_time_secs=START + 20)
    return hparams_event("_hparams_/session_end_info", session_end_info=info)


def write_tensorboard(file):
    version = Event(wall_time=START, file_version="brain.Event:2").SerializeToString()
    with file.open("wb") as stream:
        writer = RecordWriter(stream)
        for event in [version, session_start(), scalar_event(1, 0.5), scalar_event(2, 0.6), session_end()]:
            writer.write(event)
        writer.flush()


def main():
    folder = pathlib.Path(sys.argv[1])
    write_wandb(folder / "run.wandb")
    write_tensorboard(folder / "events.tfevents")


if __name__ == "__main__":
    main()
