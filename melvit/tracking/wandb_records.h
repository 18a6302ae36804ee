#pragma once

#include "melvit/tracking/tracked_run.h"

#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// A run as the records that `wandb sync` uploads, each a serialized "Record" message, in the order it wants
/// them: header, run, metrics, history, output, summary, files, exit, final, footer.
///
/// run       `project` "" becomes "melvit"; the history's steps increase
/// producer  the program, for the header: "melvit-0.1"
/// throws    Error for a row of the history that is too long for the service
/// source    wandb/proto/wandb_internal.proto, the fields of Record
std::vector<std::string> wandb_records(const TrackedRun& run, std::string_view producer);

/// A row of the history is shorter than this many bytes; the service drops longer ones.
inline constexpr std::size_t kWandbRowLimit = 10'383'360;

}  // namespace melvit
