"""Reads event files with the tensorboard package, for tensorboard_test.cpp.

read_back_tensorboard.py scalars FOLDER   {tag: [[step, value, wall time]]} of the run, by EventAccumulator
read_back_tensorboard.py hparams FOLDER   {session: {"hparams", "status", "seconds", "metrics"}} of the runs below
                                          it, by the HParams plugin's own list of session groups

Exits with 77 when the package is missing.
"""

import json
import sys

try:
    from tensorboard import context
    from tensorboard.backend.event_processing import data_provider, event_accumulator
    from tensorboard.backend.event_processing import plugin_event_multiplexer as event_multiplexer
    from tensorboard.plugins import base_plugin
    from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups
except ImportError as missing:
    print(missing)
    sys.exit(77)


def scalars(folder):
    run = event_accumulator.EventAccumulator(folder, size_guidance={event_accumulator.SCALARS: 0})
    run.Reload()
    return {tag: [[e.step, e.value, e.wall_time] for e in run.Scalars(tag)] for tag in run.Tags()["scalars"]}


def plain(value):
    return getattr(value, value.WhichOneof("kind"))


def hparams(folder):
    runs = event_multiplexer.EventMultiplexer()
    runs.AddRunsFromDirectory(folder)
    runs.Reload()
    backend = backend_context.Context(
        base_plugin.TBContext(data_provider=data_provider.MultiplexerDataProvider(runs, folder)))
    request = context.RequestContext()
    experiment = backend.experiment_from_metadata(
        request, "", True, backend.hparams_metadata(request, ""),
        backend.hparams_from_data_provider(request, "", limit=1000))
    ask = api_pb2.ListSessionGroupsRequest(
        start_index=0, slice_size=1000, allowed_statuses=[api_pb2.STATUS_SUCCESS, api_pb2.STATUS_FAILURE])
    for hparam in experiment.hparam_infos:
        ask.col_params.add(hparam=hparam.name)
    for metric in experiment.metric_infos:
        ask.col_params.add().metric.CopyFrom(metric.name)
    groups = list_session_groups.Handler(request, backend, "", ask).run().session_groups
    return {
        group.name: {
            "hparams": {name: plain(value) for name, value in sorted(group.hparams.items())},
            "status": [api_pb2.Status.Name(session.status) for session in group.sessions],
            "seconds": [session.end_time_secs - session.start_time_secs for session in group.sessions],
            "metrics": {value.name.tag: value.value for value in group.metric_values},
        }
        for group in groups
    }


if __name__ == "__main__":
    print(json.dumps({"scalars": scalars, "hparams": hparams}[sys.argv[1]](sys.argv[2])))
