#include "melvit/sweep/export_sweep.h"

#include "melvit/tracking/tensorboard.h"
#include "melvit/tracking/wandb.h"

#include "tests/support/errors.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace melvit {
namespace {

EpochMetrics epoch(int number, double validation_loss, double validation_accuracy) {
    EpochMetrics metrics;
    metrics.epoch = number;
    metrics.train_loss = 2.5 / number;
    metrics.train_accuracy = 0.57;
    metrics.validation_loss = validation_loss;
    metrics.validation_accuracy = validation_accuracy;
    metrics.lr = 0.001;
    metrics.seconds = 0.5;
    return metrics;
}

TrialRecord finished_trial(std::size_t id) {
    TrialRecord trial;
    trial.id = id;
    trial.parameters = {{"batch", 100}, {"lr", 0.001 * static_cast<double>(id)}, {"weight_decay", 0.01}};
    trial.history = {epoch(1, 2.0, 0.29), epoch(2, 1.25, 0.57), epoch(3, 1.5, 0.6)};
    trial.best_epoch = 2;
    trial.score = trial.validation_loss = 1.25;
    trial.validation_accuracy = 0.57;
    trial.started = 1.7e9;
    trial.seconds = 1.5;
    return trial;
}

TrialRecord failed_trial(std::size_t id) {
    TrialRecord trial;
    trial.id = id;
    trial.status = TrialStatus::failed;
    trial.parameters = {{"batch", 100}, {"lr", 50.0}, {"weight_decay", 0.01}};
    trial.started = 1.7e9 + 10;
    trial.seconds = 0.25;
    trial.error = "training: needs a finite loss, it is nan";
    return trial;
}

/// Two trials of three, the second failed.
SweepRecord half_a_sweep() {
    const nlohmann::ordered_json list = {{"distribution", "categorical"}};
    SweepRecord record;
    record.sweep = {
        {"format", 1},
        {"name", "study two"},
        {"description", "what the study did"},
        {"project", "genres"},
        {"entity", "us"},
        {"method", "grid"},
        {"parameters", {{"batch", {{"distribution", "constant"}}}, {"lr", list}, {"weight_decay", list}}},
        {"trials", 3},
        {"epochs", 3},
        {"seed", 7},
        {"data", "songs"},
        {"data_sha256", "12ab"},
        {"recipe", {{"name", "study"}}},
        {"facts", {{"time", "2026-01-01T00:00:00Z"}, {"host", "machine"}}}};
    record.trials = {finished_trial(1), failed_trial(2)};
    return record;
}

SweepRecord whole_sweep() {
    SweepRecord record = half_a_sweep();
    record.trials.push_back(finished_trial(3));
    record.result = {
        {"best", {{"id", 3}, {"test", {{"loss", 1.138}, {"accuracy", 0.57}, {"macro_f1", 0.5}}}}}};
    return record;
}

TEST(ExportSweepTest, AnEpochHasTheStudysNamesAndPercentages) {
    const TrackedRun run = tracked_runs(half_a_sweep()).front();
    ASSERT_EQ(run.history.size(), 3U);
    EXPECT_EQ(run.history[1].values.dump(),
              R"({"epoch":2,"Validation_Accuracy":57.0,"Validation_Loss":1.25,"Training_Accuracy":57.0,)"
              R"("Training_Loss":1.25,"lr":0.001})");
    EXPECT_EQ(run.history[1].step, 2);
    EXPECT_EQ(run.history[1].runtime_seconds, 1.0);
    EXPECT_EQ(run.metrics[1].name, "Validation_Accuracy");
    EXPECT_EQ(run.metrics[1].goal, TrackedMetric::Goal::maximise);
}

TEST(ExportSweepTest, ARunSaysWhichTrialOfWhichSweepItIs) {
    const TrackedRun run = tracked_runs(half_a_sweep()).front();
    EXPECT_EQ(run.name, "lr0.001-weight_decay0.01") << "a constant parameter is no part of it";
    EXPECT_EQ(run.group, "study two");
    EXPECT_EQ(run.project, "genres");
    EXPECT_EQ(run.entity, "us");
    EXPECT_EQ(run.notes, "what the study did");
    EXPECT_EQ(run.host, "machine");
    EXPECT_EQ(run.job_type, "train");
    EXPECT_EQ(run.start_time, 1.7e9);
    EXPECT_EQ(run.config.at("lr"), 0.001);
    EXPECT_EQ(run.config.at("batch"), 100);
    EXPECT_EQ(run.config.at("trial"), 1);
    EXPECT_EQ(run.config.at("data").at("sha256"), "12ab");
    EXPECT_EQ(run.config.at("recipe").at("name"), "study");
}

TEST(ExportSweepTest, AParameterHidesASharedFactOfItsName) {
    SweepRecord record = half_a_sweep();
    record.trials[0].parameters["seed"] = 3;
    EXPECT_EQ(tracked_runs(record)[0].config.at("seed"), 3);
    EXPECT_EQ(tracked_runs(record)[1].config.at("seed"), 7);
}

TEST(ExportSweepTest, TheSummaryHoldsTheBestEpoch) {
    const auto summary = tracked_runs(half_a_sweep()).front().summary;
    EXPECT_EQ(summary.at("best_epoch"), 2);
    EXPECT_EQ(summary.at("Validation_Loss"), 1.25);
    EXPECT_EQ(summary.at("Validation_Accuracy"), 57.0);
    EXPECT_EQ(summary.at("status"), "finished");
    EXPECT_FALSE(summary.contains("Test_Loss"));
}

TEST(ExportSweepTest, OnlyTheChosenTrialHasTestFigures) {
    const std::vector<TrackedRun> runs = tracked_runs(whole_sweep());
    EXPECT_EQ(runs[2].summary.at("Test_Accuracy"), 57.0);
    EXPECT_EQ(runs[2].summary.at("Test_Loss"), 1.138);
    EXPECT_EQ(runs[2].tags, std::vector<std::string>{"chosen"});
    EXPECT_FALSE(runs[0].summary.contains("Test_Loss"));
    EXPECT_TRUE(runs[0].tags.empty());
}

TEST(ExportSweepTest, AFailedTrialIsAFailedRunWithItsReason) {
    const TrackedRun run = tracked_runs(half_a_sweep()).back();
    EXPECT_TRUE(run.failed);
    EXPECT_EQ(run.output, std::vector<std::string>{"training: needs a finite loss, it is nan"});
    EXPECT_EQ(run.summary.at("status"), "failed");
    EXPECT_FALSE(run.summary.contains("best_epoch"));
    // Both files can be made of a run without epochs.
    EXPECT_FALSE(wandb_file(run, "melvit").empty());
    EXPECT_FALSE(tensorboard_file(run, "").empty());
}

TEST(ExportSweepTest, IdsAreTheSameInEveryExportAndOfEachSweepOthers) {
    std::set<std::string> ids;
    SweepRecord record = half_a_sweep();
    for (std::size_t id = 3; id <= 500; ++id) record.trials.push_back(finished_trial(id));
    for (const TrackedRun& run : tracked_runs(record)) {
        EXPECT_EQ(run.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos);
        EXPECT_EQ(run.id.size(), 8U);
        ids.insert(run.id);
    }
    EXPECT_EQ(ids.size(), 500U);
    EXPECT_EQ(tracked_runs(whole_sweep())[0].id, tracked_runs(half_a_sweep())[0].id);
    record.sweep["facts"]["time"] = "2026-01-02T00:00:00Z";
    EXPECT_FALSE(ids.contains(tracked_runs(record)[0].id));
}

TEST(ExportSweepTest, ASweepWithoutANameHasAGroupOfItsOwn) {
    SweepRecord record = half_a_sweep();
    record.sweep["name"] = "";
    const std::vector<TrackedRun> runs = tracked_runs(record);
    EXPECT_EQ(runs[0].group.size(), std::string("sweep-12345678").size());
    EXPECT_EQ(runs[0].group, runs[1].group);
}

TEST(ExportSweepTest, FactsOfTheWrongKindAreASentence) {
    SweepRecord record = half_a_sweep();
    record.sweep["name"] = 5;
    EXPECT_TRUE(test::holds(test::error_of([&] { tracked_runs(record); }), "as melvit sweep wrote"));
}

}  // namespace
}  // namespace melvit
