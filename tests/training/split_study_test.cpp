#include "melvit/training/split_study.h"

#include "melvit/core/context.h"
#include "melvit/core/random.h"
#include "melvit/training/experiment.h"
#include "melvit/training/split_summary.h"

#include "tests/support/errors.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace melvit {
namespace {

constexpr std::size_t kWidth = 12;

/// 120 tracks of three genres, 60, 40 and 20, noise around a centre of the genre. Their names are none of
/// GTZAN's.
FeatureTable small_table() {
    FeatureTable table;
    table.genres = {"a", "b", "c"};
    table.first_row = {0};
    table.rows = Matrix(120, kWidth);
    for (std::size_t track = 0; track < 120; ++track) {
        table.labels.push_back(track % 6 < 3 ? 0 : track % 6 < 5 ? 1 : 2);
        table.files.push_back("song" + std::to_string(track) + ".wav");
        table.file_sha256.push_back("sum" + std::to_string(track));
        table.artists.emplace_back();
        table.split_column.emplace_back();
        table.first_row.push_back(track + 1);
        Random centre(1, table.labels[track]);
        Random random(2, track);
        for (float& value : table.rows.row(track)) value = centre.normal() + 2.0F * random.normal();
    }
    return table;
}

SplitStudyConfig small_study(std::vector<std::string> protocols = {}) {
    SplitStudyConfig config;
    config.protocols = std::move(protocols);
    config.seeds = 3;
    config.folds = 4;
    config.fractions = {0.1, 0.2, 0.5};
    return config;
}

TrainConfig small_training() {
    TrainConfig config;
    config.head = {.hidden = 8, .shape = "mlp"};
    config.lr = 0.01F;
    config.batch = 16;
    config.epochs = 3;
    config.ensemble = 2;
    return config;
}

std::vector<PlannedRun> planned(const StudyPlan& plan, const std::string& protocol, double fraction = 1) {
    std::vector<PlannedRun> runs;
    std::ranges::copy_if(plan.runs, std::back_inserter(runs), [&](const PlannedRun& run) {
        return run.protocol == protocol && run.fraction == fraction;
    });
    return runs;
}

std::vector<std::size_t> all_tracks(const Split& split) {
    std::vector<std::size_t> tracks = split.train;
    tracks.insert(tracks.end(), split.validation.begin(), split.validation.end());
    tracks.insert(tracks.end(), split.test.begin(), split.test.end());
    std::ranges::sort(tracks);
    return tracks;
}

TEST(SplitProtocols, FixedTestKeepsTheTestSideAndRedrawsTheOthers) {
    const FeatureTable table = small_table();
    const auto runs = planned(plan_split_study(table, small_study()), "fixed-test");
    ASSERT_EQ(runs.size(), 3U);
    for (const PlannedRun& run : runs) {
        EXPECT_EQ(run.split.test, runs[0].split.test);
        EXPECT_EQ(run.split.train.size(), 96U);
        EXPECT_EQ(run.split.validation.size(), 12U);
        const auto tracks = all_tracks(run.split);
        EXPECT_EQ(std::set<std::size_t>(tracks.begin(), tracks.end()).size(), 120U) << "every track once";
    }
    EXPECT_NE(runs[0].split.validation, runs[1].split.validation);
    EXPECT_NE(runs[1].split.validation, runs[2].split.validation);
    EXPECT_TRUE(std::ranges::is_sorted(runs[1].split.train));
}

TEST(SplitProtocols, FixedTestKeepsEqualFilesInOneSubset) {
    FeatureTable table = small_table();
    for (std::size_t track = 0; track < 40; ++track)
        table.file_sha256[track] = table.file_sha256[track / 2 * 2];
    SplitStudyConfig config = small_study({"fixed-test"});
    config.seeds = 8;
    const auto straddling = [&] {
        std::size_t pairs = 0;
        for (const PlannedRun& run : plan_split_study(table, config).runs) {
            const auto& subset = run.split.validation;
            for (std::size_t track = 0; track < 40; track += 2) {
                const bool first = std::ranges::binary_search(subset, track);
                pairs += first != std::ranges::binary_search(subset, track + 1) ? 1 : 0;
            }
        }
        return pairs;
    };
    EXPECT_EQ(straddling(), 0U);
    config.allow_duplicates = true;
    EXPECT_GT(straddling(), 0U);
}

TEST(SplitProtocols, NewTestIsRandomAndFixedSplitChangesTheSeedAlone) {
    const StudyPlan plan = plan_split_study(small_table(), small_study());
    const auto random = planned(plan, "random"), fresh = planned(plan, "new-test");
    const auto fixed = planned(plan, "fixed-split"), fixed_test = planned(plan, "fixed-test");
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(fresh[i].split.train, random[i].split.train);
        EXPECT_EQ(fresh[i].split.test, random[i].split.test);
        EXPECT_EQ(fixed[i].split.train, random[0].split.train);
        EXPECT_EQ(fixed[i].split.validation, random[0].split.validation);
        EXPECT_EQ(fixed[i].seed, i);
    }
    EXPECT_NE(random[0].split.test, random[1].split.test);
    EXPECT_EQ(fixed_test[0].split.train, random[0].split.train) << "the three have their first run in common";
}

TEST(SplitProtocols, TheSplitsAreThoseOfTheTrainVerb) {
    const FeatureTable table = small_table();
    SplitStudyConfig config = small_study({"stratified", "kfold"});
    config.seed = 7;
    const StudyPlan plan = plan_split_study(table, config);
    EXPECT_EQ(planned(plan, "stratified")[2].split.test, make_splits(table, "stratified:9", false)[0].test);
    const auto folds = planned(plan, "kfold");
    ASSERT_EQ(folds.size(), 4U);
    EXPECT_EQ(folds[3].split.test, make_splits(table, "kfold:4:7", false)[3].test);
    EXPECT_EQ(folds[3].fold, 3U);
    EXPECT_EQ(folds[3].seed, 7U);
}

TEST(SplitProtocols, PartsOfATrainingSideKeepTheSharesOfGenresAndNest) {
    const FeatureTable table = small_table();
    const StudyPlan plan = plan_split_study(table, small_study());
    const auto whole = planned(plan, "random");
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::map<std::size_t, double> all;
        for (const std::size_t track : whole[i].split.train) ++all[table.labels[track]];
        std::vector<std::size_t> larger = whole[i].split.train;
        for (const double fraction : {0.5, 0.2, 0.1}) {
            const PlannedRun part = planned(plan, "random", fraction)[i];
            std::map<std::size_t, double> some;
            for (const std::size_t track : part.split.train) ++some[table.labels[track]];
            for (const auto& [genre, count] : all) EXPECT_NEAR(some[genre], fraction * count, 0.5001);
            EXPECT_TRUE(std::ranges::includes(larger, part.split.train)) << fraction;
            EXPECT_EQ(part.split.test, whole[i].split.test);
            EXPECT_EQ(part.split.validation, whole[i].split.validation);
            larger = part.split.train;
        }
    }
    EXPECT_EQ(stratified_part(table, whole[0].split.train, 1.0, 5), whole[0].split.train);
    EXPECT_EQ(stratified_part(table, whole[0].split.train, 1e-9, 5).size(), 3U) << "one track of each genre";
    EXPECT_NE(stratified_part(table, whole[0].split.train, 0.5, 1),
              stratified_part(table, whole[0].split.train, 0.5, 2));
}

TEST(SplitProtocols, ThePlansDigestChangesWithAnyOfItsRuns) {
    const FeatureTable table = small_table();
    const StudyPlan plan = plan_split_study(table, small_study());
    EXPECT_EQ(plan_sha256(plan), plan_sha256(plan_split_study(table, small_study())));
    std::set<std::string> digests = {plan_sha256(plan)};
    StudyPlan other = plan;
    other.runs[3].seed = 99;
    digests.insert(plan_sha256(other));
    other = plan;
    std::swap(other.runs[3].split.train[0], other.runs[3].split.test[0]);
    digests.insert(plan_sha256(other));
    other = plan;
    other.runs.pop_back();
    digests.insert(plan_sha256(other));
    EXPECT_EQ(digests.size(), 4U);
}

TEST(SplitProtocols, WhatTheDataDoesNotAllowIsLeftOutWithANote) {
    FeatureTable table = small_table();
    const StudyPlan plan = plan_split_study(table, small_study());
    for (const char* name : {"grouped", "gtzan-filtered", "gtzan-stratified", "own"}) {
        EXPECT_TRUE(planned(plan, name).empty()) << name;
        EXPECT_EQ(std::ranges::count_if(plan.notes,
                                        [&](const std::string& note) {
                                            return note.starts_with(std::string(name) + " is left out: ");
                                        }),
                  1)
            << name;
    }
    for (std::size_t track = 0; track < 120; ++track)
        table.artists[track] = "artist" + std::to_string(track / 3);
    const auto grouped = planned(plan_split_study(table, small_study()), "grouped");
    ASSERT_EQ(grouped.size(), 3U);
    for (std::size_t track = 0; track < 120; track += 3) {
        EXPECT_EQ(std::ranges::binary_search(grouped[1].split.test, track),
                  std::ranges::binary_search(grouped[1].split.test, track + 2));
    }
}

TEST(SplitProtocols, AProtocolThatIsNamedHasToBePossible) {
    const FeatureTable table = small_table();
    const auto refused = [&](const SplitStudyConfig& config) {
        return test::error_of([&] { plan_split_study(table, config); });
    };
    EXPECT_TRUE(test::holds(refused(small_study({"random", "grouped"})), "needs the artist of every track"));
    EXPECT_TRUE(test::holds(refused(small_study({"randon"})), "it holds \"randon\""));
    EXPECT_EQ(refused(small_study({"random", "random"})),
              "protocols: needs each item once, random is there twice");
    SplitStudyConfig config = small_study();
    config.fractions = {0.5, 1.5};
    EXPECT_EQ(refused(config), "fractions: needs shares above 0 and at most 1, it holds 1.5");
    config.fractions = {std::nan("")};
    EXPECT_TRUE(test::holds(refused(config), "fractions:"));
    config = small_study();
    config.seeds = 0;
    EXPECT_TRUE(test::holds(refused(config), "seeds:"));
    config = small_study({"kfold"});
    config.folds = 500;
    EXPECT_TRUE(test::holds(refused(config), "kfold:500:0"));
}

void expect_same_runs(const RecipeRuns& a, const RecipeRuns& b) {
    ASSERT_EQ(a.runs.size(), b.runs.size());
    for (std::size_t i = 0; i < a.runs.size(); ++i) {
        EXPECT_EQ(a.runs[i].protocol, b.runs[i].protocol);
        EXPECT_EQ(a.runs[i].test_loss, b.runs[i].test_loss) << i;
        EXPECT_EQ(a.runs[i].validation_loss, b.runs[i].validation_loss) << i;
        EXPECT_EQ(a.runs[i].right, b.runs[i].right) << i;
    }
}

TEST(SplitStudy, RunsAreEqualOnOneAndOnSeveralThreads) {
    const FeatureTable table = small_table();
    const StudyPlan plan = plan_split_study(table, small_study());
    const auto run_on = [&](std::size_t threads) {
        ThreadPool pool(threads);
        return run_split_study(table, plan, "small", small_training(), {}, {}, {.pool = pool});
    };
    const RecipeRuns one = run_on(1);
    for (const std::size_t threads : {2U, 3U}) expect_same_runs(run_on(threads), one);
}

TEST(SplitStudy, ARunEqualsTheExperimentOfTheSameSplitAndSeed) {
    const FeatureTable table = small_table();
    const StudyPlan plan = plan_split_study(table, small_study({"stratified"}));
    const StudyRun run = run_split_study(table, plan, "small", small_training(), {}).runs.at(1);
    ExperimentConfig config;
    config.recipe.training = small_training();
    config.seed = 1;
    const auto folds = run_experiment(table, make_splits(table, "stratified:1", false), config, {});
    EXPECT_EQ(run.test_accuracy, folds[0].test.accuracy);
    EXPECT_EQ(run.test_loss, folds[0].test.loss);
    EXPECT_EQ(run.test_macro_f1, folds[0].test.macro_f1);
    EXPECT_EQ(run.validation_accuracy, folds[0].trained.kept().validation_accuracy);
    EXPECT_EQ(run.best_epoch, folds[0].trained.best_epoch);
    EXPECT_EQ(run.recipe, "small");
    EXPECT_EQ(run.test, 12U);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(run.right, true)) / 12.0, run.test_accuracy, 1e-12);
}

TEST(SplitStudy, TrainsEqualRunsOnce) {
    const FeatureTable table = small_table();
    const StudyPlan plan = plan_split_study(table, small_study({"random", "fixed-split", "new-test"}));
    std::size_t trained = 0, last_done = 0;
    const RecipeRuns runs = run_split_study(
        table, plan, "small", small_training(), [&](const StudyRun&, std::size_t done, std::size_t all) {
            ++trained;
            last_done = done;
            EXPECT_EQ(all, 14U)
                << "3 and 3 x 3 parts of random, 2 more seeds of its first split, none of new-test";
        });
    EXPECT_EQ(trained, 14U);
    EXPECT_EQ(last_done, 14U);
    ASSERT_EQ(runs.runs.size(), 18U);
    EXPECT_EQ(runs.runs[15].protocol, "new-test");
    EXPECT_EQ(runs.runs[15].test_loss, runs.runs[9].test_loss);
}

TEST(SplitStudy, RunsThatEndedBeforeAreNotTrainedAgain) {
    const FeatureTable table = small_table();
    const StudyPlan plan = plan_split_study(table, small_study({"random", "fixed-split", "new-test"}));
    const RecipeRuns whole = run_split_study(table, plan, "small", small_training(), {});
    std::vector<StudyRun> ended = {whole.runs[4], whole.runs[9], whole.runs[13], whole.runs[2]};
    for (StudyRun& run : ended) {
        run.test_tracks.clear();
        run.train = run.validation = run.test = 0;
    }
    ended[3].right.pop_back();  // of another test set: it counts for nothing
    ended.push_back(ended[0]);
    ended.back().recipe = "another";
    std::vector<std::size_t> counted;
    const RecipeRuns resumed = run_split_study(
        table, plan, "small", small_training(),
        [&](const StudyRun&, std::size_t done, std::size_t) { counted.push_back(done); }, ended);
    ASSERT_EQ(counted.size(), 11U) << "of 14 trainings";
    EXPECT_EQ(counted.front(), 4U);
    EXPECT_EQ(counted.back(), 14U);
    expect_same_runs(resumed, whole);
    for (std::size_t i = 0; i < whole.runs.size(); ++i) {
        EXPECT_EQ(resumed.runs[i].test_tracks, whole.runs[i].test_tracks) << i;
        EXPECT_EQ(resumed.runs[i].train, whole.runs[i].train) << i;
    }
    EXPECT_EQ(resumed.runs[4].seconds, whole.runs[4].seconds) << "its time is that of the day it ran";
}

TEST(SplitStudy, ARunThatDivergesSaysSoAndTheOthersGoOn) {
    FeatureTable table = small_table();
    const StudyPlan plan = plan_split_study(table, small_study({"kfold"}));
    TrainConfig config = small_training();
    config.lr = 1e30F;
    const RecipeRuns runs = run_split_study(table, plan, "small", config, {});
    ASSERT_EQ(runs.runs.size(), 4U);
    EXPECT_TRUE(test::holds(runs.runs[2].error, "needs a finite loss"));
    const SplitSummary summary = summarise(runs).at(0);
    EXPECT_EQ(summary.runs, 0U);
    EXPECT_EQ(summary.failed, 4U);
    EXPECT_TRUE(std::isnan(summary.test_accuracy.mean));
}

/// A run by hand: the tracks that it tests, and which of them it got right.
StudyRun run_of(std::uint64_t seed, double accuracy, std::vector<std::size_t> tracks,
                std::vector<bool> right) {
    StudyRun run;
    run.recipe = "r";
    run.protocol = "random";
    run.seed = seed;
    run.train = 8;
    run.test = tracks.size();
    run.test_accuracy = accuracy;
    run.test_tracks = std::move(tracks);
    run.right = std::move(right);
    return run;
}

TEST(SplitSummary, HoldsMeanDeviationAndTheNumberOfDifferentTestTracks) {
    RecipeRuns runs{"r", {"x", "y", "z"}, {}};
    runs.runs = {run_of(0, 0.5, {0, 1}, {true, false}), run_of(1, 1.0, {1, 2}, {true, true})};
    runs.runs.push_back(run_of(2, 0.0, {0, 1}, {}));
    runs.runs.back().error = "it diverged";
    const SplitSummary summary = summarise(runs).at(0);
    EXPECT_EQ(summary.runs, 2U);
    EXPECT_EQ(summary.failed, 1U);
    EXPECT_EQ(summary.test_tracks, 3U);
    EXPECT_DOUBLE_EQ(summary.test_accuracy.mean, 0.75);
    EXPECT_DOUBLE_EQ(summary.test_accuracy.sd, std::sqrt(0.125));
    EXPECT_EQ(summary.tracks95, wilson_interval(2, 3)) << "0.75 of 3 tracks";
    EXPECT_EQ(summary.test_accuracy.interval95, std::pair(0.0, 1.0)) << "-2.4 to 3.9, of what a share can be";
}

/// The reach of the interval of the mean of three runs, 2 test tracks and 8 training tracks each.
double reach_of(const std::string& protocol) {
    RecipeRuns runs{"r", {"x", "y"}, {}};
    runs.runs = {run_of(0, 0.50, {0, 1}, {true, false}), run_of(1, 0.51, {0, 1}, {true, false}),
                 run_of(2, 0.52, {0, 1}, {true, false})};
    for (StudyRun& run : runs.runs) run.protocol = protocol;
    const auto [low, high] = summarise(runs).at(0).test_accuracy.interval95;
    return (high - low) / 2;
}

TEST(SplitSummary, IntervalsOverRedrawnSplitsAllowForTheTracksThatTheyShare) {
    const double plain = 4.302652729911275 * 0.01 / std::sqrt(3.0);
    for (const char* protocol : {"random", "stratified", "grouped", "kfold", "new-test"}) {
        EXPECT_NEAR(reach_of(protocol), plain * std::sqrt(1 + 3 * 0.25), 1e-10) << protocol;
    }
    for (const char* protocol : {"fixed-test", "fixed-split", "gtzan-filtered", "gtzan-stratified", "own"}) {
        EXPECT_NEAR(reach_of(protocol), plain, 1e-10) << protocol;
    }
}

TEST(SplitSummary, ComparesRecipesByRunAndByTrack) {
    RecipeRuns first{"first", {"x", "y", "z"}, {}}, second{"second", {"x", "y", "z"}, {}};
    first.runs = {run_of(0, 0.5, {0, 1}, {true, false}), run_of(1, 0.5, {1, 2}, {true, false})};
    second.runs = {run_of(1, 0.75, {1, 2}, {false, true}), run_of(0, 1.0, {0, 1}, {true, true})};
    const RecipeComparison compared = compare(first, second).at(0);
    EXPECT_EQ(compared.accuracy.pairs, 2U);
    EXPECT_DOUBLE_EQ(compared.accuracy.mean_difference, 0.375) << "paired by seed, not by place";
    EXPECT_DOUBLE_EQ(compared.overlap, 0.25) << "2 test tracks, 8 training tracks";
    EXPECT_EQ(compared.tracks, 3U) << "track 1 is tested twice and counts once, by seed 0";
    EXPECT_EQ(compared.mistakes.only_second, 2U);
    EXPECT_EQ(compared.mistakes.only_first, 0U);
    EXPECT_EQ(compared.mistakes.both_right, 1U);
    second.runs[0].test_tracks = first.runs[0].test_tracks;  // one test set, as fixed-split has it
    first.runs[1].test_tracks = first.runs[0].test_tracks;
    EXPECT_NEAR(compare(first, second).at(0).accuracy.interval95.first,
                0.375 - 12.7062047361747 * 0.125 * std::sqrt(1.5), 1e-9)
        << "differences of 0.5 and 0.25: seed by seed";
    second.runs.pop_back();
    EXPECT_TRUE(std::isnan(compare(first, second).at(0).accuracy.p)) << "one pair has no standard deviation";
    second.files = {"x", "y"};
    EXPECT_TRUE(compare(first, second).empty());
}

}  // namespace
}  // namespace melvit
