#include "melvit/report/overview.h"
#include "melvit/report/sweep_figures.h"
#include "melvit/report/tables.h"
#include "melvit/sweep/export_sweep.h"
#include "melvit/tracking/run_log.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"
#include "tests/sweep/small_sweep.h"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace melvit {
namespace {

/// A sweep of ensembles, as the default recipe makes it, read from its folder.
class EnsembleSweepTest : public testing::Test {
protected:
    EnsembleSweepTest() : sweep_(temp_ / "sweep") {
        sweep_.config.experiment.recipe.training.ensemble = 3;
        sweep_.config.experiment.recipe.training.epochs = 6;
        sweep_.run();
        record_ = read_sweep(sweep_.config.folder);
    }

    nlohmann::ordered_json kept_line(const TrialRecord& trial) const {
        const auto folder = sweep_.config.folder / "trials" / std::to_string(trial.id);
        return read_run_log(folder / "metrics.jsonl").at(static_cast<std::size_t>(trial.best_epoch) - 1);
    }

    test::TempFolder temp_;
    test::SmallSweep sweep_;
    SweepRecord record_;
};

TEST_F(EnsembleSweepTest, ATrialsResultIsTheLineOfItsKeptEpoch) {
    const std::string csv = test::bytes_of(sweep_.config.folder / "trials.csv");
    for (const TrialRecord& trial : record_.trials) {
        const auto line = kept_line(trial);
        EXPECT_EQ(line.at("validation_loss"), trial.validation_loss) << trial.id;
        EXPECT_EQ(line.at("validation_accuracy"), trial.validation_accuracy) << trial.id;
        EXPECT_EQ(line.at("members").size(), 3U) << "the heads stand beside the ensemble, under their name";
        EXPECT_EQ(trial.history.front().members.size(), 3U) << "they are read back";
        EXPECT_TRUE(
            test::holds(csv, fmt::format(",{},{},", trial.validation_loss, trial.validation_accuracy)));
    }
}

TEST_F(EnsembleSweepTest, TheBestTrialIsTheSameInTablesFiguresAndResult) {
    const Overview overview = overview_of(record_);
    const TrialRecord& best = *overview.ranked.front();
    EXPECT_EQ(record_.result.at("best").at("validation").at("loss"), best.validation_loss);
    const std::string loss = fmt::format("{:.3f}", best.validation_loss);
    const HtmlTable study = study_table(overview);
    const auto lowest =
        std::ranges::find(study.rows, "lowest validation loss", [](const auto& row) { return row.front(); });
    ASSERT_NE(lowest, study.rows.end());
    EXPECT_EQ(lowest->back(), fmt::format("{} (trial {}, epoch {})", loss, best.id, best.best_epoch));
    EXPECT_TRUE(test::holds(summary_of(overview), "validation loss " + loss));
    EXPECT_TRUE(test::holds(learning_curves(overview).csv,
                            fmt::format("1,{},{},{}", best.id, best.best_epoch, best.validation_loss)));
}

TEST_F(EnsembleSweepTest, TrackersGetTheNumbersOfTheEnsemble) {
    const std::vector<TrackedRun> runs = tracked_runs(record_);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const TrialRecord& trial = record_.trials[i];
        const auto& row = runs[i].history.at(static_cast<std::size_t>(trial.best_epoch) - 1);
        EXPECT_EQ(row.values.at("Validation_Loss"), trial.validation_loss);
        EXPECT_EQ(runs[i].summary.at("Validation_Loss"), trial.validation_loss);
        EXPECT_EQ(runs[i].summary.at("Validation_Accuracy"), row.values.at("Validation_Accuracy"));
    }
}

}  // namespace
}  // namespace melvit
