#pragma once

#include "console.h"
#include "flags.h"

#include <functional>
#include <string>

namespace melvit::cli {

/// A verb's place in the command line and what it does once that is parsed.
struct Verb {
    CLI::App* app = nullptr;
    std::function<int(const Console&)> run;  ///< returns the exit code; throws Error
    /// What a stop leaves, behind "stopped; ".
    std::string kept = "the same command begins again";
};

// One file each. `common` outlives the verb.
Verb add_fetch(CLI::App& program, CommonFlags& common);
Verb add_synth(CLI::App& program, CommonFlags& common);
Verb add_spectrogram(CLI::App& program, CommonFlags& common);
Verb add_extract(CLI::App& program, CommonFlags& common);
Verb add_train(CLI::App& program, CommonFlags& common);
Verb add_evaluate(CLI::App& program, CommonFlags& common);
Verb add_classify(CLI::App& program, CommonFlags& common);
Verb add_sweep(CLI::App& program, CommonFlags& common);
Verb add_splits(CLI::App& program, CommonFlags& common);
Verb add_report(CLI::App& program, CommonFlags& common);
Verb add_export(CLI::App& program, CommonFlags& common);
Verb add_bench(CLI::App& program, CommonFlags& common);

// The verbs that tell of the others.
Verb add_help(CLI::App& program, CommonFlags& common);
Verb add_completion(CLI::App& program, CommonFlags& common);
Verb add_man(CLI::App& program, CommonFlags& common);

}  // namespace melvit::cli
