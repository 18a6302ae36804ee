#pragma once

#include "melvit/tracking/tracked_run.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace melvit {

/// A run as the bytes of a TensorBoard event file: the HParams plugin's start of a session, one event for
/// each value of the history and for each number of the summary (as "summary/<name>", because the HParams
/// table shows the last value of a name), the session's end. Values are kept as 32-bit floats, the format has
/// no others.
///
/// run      of `config` the numbers, texts and booleans become hyperparameters; lists and objects are left
///          out
/// group    the sessions of one group make one row of the HParams table, so trials need one each; "": the
///          folder's name
/// source   tensorboard/compat/proto/event.proto, tensorboard/plugins/hparams/plugin_data.proto
std::string tensorboard_file(const TrackedRun& run, std::string_view group);

/// Writes out/<name>-<id>/events.out.tfevents.<time>.<host>.1.0: a folder is a run for TensorBoard and a
/// session for HParams.
///
/// out      a folder that exists
/// returns  the run's folder. It appears whole and replaces one of an earlier export
/// throws   Error when it cannot be written
std::filesystem::path write_tensorboard_run(const TrackedRun& run, const std::filesystem::path& out);

}  // namespace melvit
