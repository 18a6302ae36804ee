#pragma once

#include "melvit/tracking/tracked_run.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace melvit {

/// A run as the bytes of a .wandb file.
///
/// producer  the program, for the file's header: "melvit-0.1"
/// throws    Error of wandb_records
std::string wandb_file(const TrackedRun& run, std::string_view producer);

/// Writes a Weights & Biases offline run, which `wandb sync` uploads:
/// out/offline-run-<YYYYMMDD_HHMMSS>-<id>/ with run-<id>.wandb, files/ and logs/.
///
/// out      a folder that exists, named "wandb" when `wandb sync` without arguments is to find the run
/// returns  the run's folder. It appears whole; one of an earlier export stays as it is when it holds the
///          same run, so that what wandb noted there of an upload stays too, and is replaced otherwise
/// throws   Error when it cannot be written, and of wandb_file
std::filesystem::path write_wandb_run(const TrackedRun& run, const std::filesystem::path& out);

/// The same of many runs. A run that has started again since an earlier export has a new folder; its old one
/// goes, because `wandb sync` would upload both.
void write_wandb_runs(std::span<const TrackedRun> runs, const std::filesystem::path& out);

}  // namespace melvit
