#include "melvit/training/split_study.h"

#include "melvit/core/error.h"
#include "melvit/training/experiment.h"
#include "melvit/training/metrics.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>

namespace melvit {
namespace {

using Subsets = std::tuple<std::uint64_t, const std::vector<std::size_t>&, const std::vector<std::size_t>&,
                           const std::vector<std::size_t>&>;

/// All that a training depends on beside table and settings.
Subsets subsets_of(const PlannedRun& run) {
    return {run.seed, run.split.train, run.split.validation, run.split.test};
}

/// For each run the first one that is the same training.
std::vector<std::size_t> same_trainings(const std::vector<PlannedRun>& runs) {
    std::map<Subsets, std::size_t> first;
    std::vector<std::size_t> same;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        same.push_back(first.emplace(subsets_of(runs[i]), i).first->second);
    }
    return same;
}

/// A run's names and counts, without its figures.
StudyRun blank_run(const PlannedRun& planned, const std::string& recipe) {
    StudyRun run;
    run.recipe = recipe;
    run.protocol = planned.protocol;
    run.fraction = planned.fraction;
    run.seed = planned.seed;
    run.fold = planned.fold;
    run.train = planned.split.train.size();
    run.validation = planned.split.validation.size();
    run.test = planned.split.test.size();
    run.test_tracks = planned.split.test;
    return run;
}

void take_figures(StudyRun& run, const FeatureTable& table, const Split& split, const Trained& trained,
                  const Context& context) {
    run.best_epoch = trained.best_epoch;
    run.validation_accuracy = trained.kept().validation_accuracy;
    run.validation_loss = trained.kept().validation_loss;
    run.seconds = trained.seconds;
    const Matrix probabilities = predict_tracks(trained.heads, table, split.test, context);
    std::vector<std::size_t> labels;
    for (std::size_t i = 0; i < split.test.size(); ++i) {
        labels.push_back(table.labels[split.test[i]]);
        // The first of equal ones, as metrics_of counts.
        const auto row = probabilities.row(i);
        const auto named = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
        run.right.push_back(named == labels.back());
    }
    const Metrics test = metrics_of(probabilities, labels);
    run.test_accuracy = test.accuracy;
    run.test_loss = test.loss;
    run.test_macro_f1 = test.macro_f1;
}

StudyRun train_run(const FeatureTable& table, const PlannedRun& planned, const std::string& recipe,
                   const TrainConfig& config, const Context& context) {
    StudyRun run = blank_run(planned, recipe);
    run.started = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    try {
        const Trained trained = train(table, planned.split, config, planned.seed, {}, context);
        take_figures(run, table, planned.split, trained, context);
    } catch (const Error& error) {
        run.error = error.what();
    }
    return run;
}

/// The planned run with the figures that it had on an earlier day; nothing where it has none.
std::optional<StudyRun> ended_before(const std::vector<StudyRun>& ended, StudyRun planned) {
    const auto found = std::ranges::find_if(ended, [&](const StudyRun& run) {
        return run.recipe == planned.recipe && run.protocol == planned.protocol &&
               run.fraction == planned.fraction && run.seed == planned.seed && run.fold == planned.fold;
    });
    if (found == ended.end() || found->right.size() != planned.test_tracks.size()) return std::nullopt;
    StudyRun run = *found;
    run.train = planned.train;
    run.validation = planned.validation;
    run.test = planned.test;
    run.test_tracks = std::move(planned.test_tracks);
    return run;
}

/// A run with the figures of one that is the same training.
StudyRun copy_of(const StudyRun& trained, const PlannedRun& planned) {
    StudyRun run = trained;
    run.protocol = planned.protocol;
    run.fraction = planned.fraction;
    run.fold = planned.fold;
    return run;
}

}  // namespace

RecipeRuns run_split_study(const FeatureTable& table, const StudyPlan& plan, const std::string& recipe,
                           const TrainConfig& config, const OnStudyRun& on_run,
                           const std::vector<StudyRun>& ended, const Context& context) {
    check(config);
    const std::vector<std::size_t> same = same_trainings(plan.runs);
    RecipeRuns result{recipe, table.files, std::vector<StudyRun>(plan.runs.size())};
    std::vector<std::size_t> trainings;
    std::size_t done = 0;
    for (std::size_t i = 0; i < same.size(); ++i) {
        if (same[i] != i) continue;
        if (auto run = ended_before(ended, blank_run(plan.runs[i], recipe))) {
            result.runs[i] = std::move(*run);
            ++done;
        } else {
            trainings.push_back(i);
        }
    }
    const std::size_t all = done + trainings.size();
    std::mutex counting;
    context.pool.for_each(trainings.size(), [&](std::size_t i) {
        context.throw_if_stopped();
        StudyRun run = train_run(table, plan.runs[trainings[i]], recipe, config, context);
        const std::lock_guard lock(counting);
        ++done;
        if (on_run) on_run(run, done, all);
        result.runs[trainings[i]] = std::move(run);
    });
    for (std::size_t i = 0; i < same.size(); ++i) {
        if (same[i] != i) result.runs[i] = copy_of(result.runs[same[i]], plan.runs[i]);
    }
    return result;
}

}  // namespace melvit
