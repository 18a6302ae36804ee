#pragma once

#include "melvit/report/split_report.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace melvit::test {

inline StudyRun run_of(const std::string& recipe, const std::string& protocol, double fraction,
                       std::uint64_t seed, double accuracy) {
    StudyRun run;
    run.recipe = recipe;
    run.protocol = protocol;
    run.fraction = fraction;
    run.seed = seed;
    run.train = static_cast<std::size_t>(80 * fraction);
    run.validation = 10;
    run.test = 4;
    run.best_epoch = 3;
    run.test_accuracy = accuracy;
    run.test_loss = 1.5;
    run.test_macro_f1 = accuracy / 2;
    run.validation_accuracy = 0.25;
    run.seconds = 1.23456;
    for (std::size_t i = 0; i < 4; ++i) {
        run.test_tracks.push_back(4 * seed + i);
        run.right.push_back(static_cast<double>(i) < 4 * accuracy);
    }
    return run;
}

/// Two seeds of random at a half and the whole training set, two of fixed-split.
inline RecipeRuns runs_of(const std::string& recipe, double better) {
    RecipeRuns runs{recipe, {"a.wav", "b.wav"}, {}};
    for (const double fraction : {0.5, 1.0}) {
        for (const std::uint64_t seed : {0U, 1U}) {
            const double accuracy = 0.25 + 0.25 * static_cast<double>(seed) * fraction + better;
            runs.runs.push_back(run_of(recipe, "random", fraction, seed, accuracy));
        }
    }
    for (const std::uint64_t seed : {0U, 1U}) {
        runs.runs.push_back(run_of(recipe, "fixed-split", 1.0, seed, 0.25 + better));
    }
    return runs;
}

inline SplitStudy sample_study() {
    return study_of({runs_of("study", 0.0), runs_of("best, \"ours\"", 0.25)},
                    {"a note", "a note", "another"});
}

}  // namespace melvit::test
