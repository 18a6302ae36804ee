#pragma once

#include "console.h"
#include "flags.h"

#include <functional>
#include <string>

namespace melvit::cli {

/// A subcommand's place in the command line and what it does once that is parsed.
struct Subcommand {
    CLI::App* app = nullptr;
    std::function<int(const Console&)> run;  ///< returns the exit code; throws Error
    /// What a stop leaves, behind "stopped; ".
    std::string kept = "the same command begins again";
};

// One file each. `common` outlives the subcommand.
Subcommand add_fetch(CLI::App& program, CommonFlags& common);
Subcommand add_synth(CLI::App& program, CommonFlags& common);
Subcommand add_spectrogram(CLI::App& program, CommonFlags& common);
Subcommand add_extract(CLI::App& program, CommonFlags& common);
Subcommand add_train(CLI::App& program, CommonFlags& common);
Subcommand add_evaluate(CLI::App& program, CommonFlags& common);
Subcommand add_classify(CLI::App& program, CommonFlags& common);
Subcommand add_sweep(CLI::App& program, CommonFlags& common);
Subcommand add_splits(CLI::App& program, CommonFlags& common);
Subcommand add_report(CLI::App& program, CommonFlags& common);
Subcommand add_export(CLI::App& program, CommonFlags& common);
Subcommand add_bench(CLI::App& program, CommonFlags& common);

// The subcommands that tell of the others.
Subcommand add_help(CLI::App& program, CommonFlags& common);
Subcommand add_completion(CLI::App& program, CommonFlags& common);
Subcommand add_man(CLI::App& program, CommonFlags& common);

}  // namespace melvit::cli
