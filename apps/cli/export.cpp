#include "melvit/core/file_lock.h"
#include "melvit/sweep/export_sweep.h"
#include "melvit/tracking/tensorboard.h"
#include "melvit/tracking/wandb.h"

#include "shown.h"
#include "subcommands.h"

#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace melvit::cli {
namespace {

namespace fs = std::filesystem;

struct ExportFlags {
    std::string tracker;
    std::string sweep;
    std::string out;
};

/// What a person should know of a sweep before its runs are on a server.
void note_gaps(const SweepRecord& record, const Console& console) {
    constexpr std::size_t kMostRuns = 10'000;
    const auto planned = record.sweep.at("trials").get<std::size_t>();
    if (record.trials.size() < planned && !record.result.is_object()) {
        console.note(fmt::format("{} of {} trials have ended; only these are exported", record.trials.size(),
                                 planned));
    } else if (!record.result.is_object()) {
        console.note("the sweep has not chosen its best trial yet; no run has test figures");
    }
    if (record.trials.size() > kMostRuns) {
        console.note(fmt::format("a project of Weights & Biases takes {} runs, this sweep has {}", kMostRuns,
                                 record.trials.size()));
    }
}

int run(const ExportFlags& flags, const Console& console) {
    const SweepRecord record = read_sweep(flags.sweep);
    const std::vector<TrackedRun> runs = tracked_runs(record);
    note_gaps(record, console);
    const bool is_wandb = flags.tracker == "wandb";
    const fs::path folder = is_wandb ? fs::path(flags.out) / "wandb" : fs::path(flags.out);
    const FolderLock only_writer(folder);
    if (is_wandb) {
        write_wandb_runs(runs, folder);
    } else {
        for (const TrackedRun& one : runs) write_tensorboard_run(one, folder);
    }
    console.print(fmt::format("{} runs in {}: {}", runs.size(), shown(folder),
                              is_wandb ? fmt::format("wandb sync {}/offline-run-*", shown(folder))
                                       : fmt::format("tensorboard --logdir {}", shown(folder))));
    console.document({{"runs", runs.size()}, {"dir", folder.string()}});
    return kDone;
}

}  // namespace

Subcommand add_export(CLI::App& program, CommonFlags&) {
    auto flags = std::make_shared<ExportFlags>();
    CLI::App* subcommand =
        program.add_subcommand("export", "the trials of a sweep as files of an experiment tracker");
    subcommand
        ->add_option("tracker", flags->tracker,
                     "wandb: offline runs for `wandb sync`; tensorboard: event files")
        ->required()
        ->check(one_of({"wandb", "tensorboard"}));
    subcommand->add_option("sweep", flags->sweep, "folder of a melvit sweep, finished or not")->required();
    subcommand->add_option("--out", flags->out, "folder of the runs; those of an earlier export are replaced")
        ->required();
    subcommand->footer(
        "Example: melvit export wandb sweep --out tracked && wandb sync tracked/wandb/offline-run-*");
    return {subcommand, [flags](const Console& console) { return run(*flags, console); }};
}

}  // namespace melvit::cli
