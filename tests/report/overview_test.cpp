#include "melvit/report/overview.h"

#include "tests/report/sample_sweep.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

namespace melvit {
namespace {

std::vector<std::size_t> ids_of(const std::vector<const TrialRecord*>& trials) {
    std::vector<std::size_t> ids;
    for (const TrialRecord* trial : trials) ids.push_back(trial->id);
    return ids;
}

std::vector<std::string> names_of(const std::vector<Axis>& axes) {
    std::vector<std::string> names;
    for (const Axis& axis : axes) names.push_back(axis.name);
    return names;
}

/// A sweep whose trials have these parameters and validation losses.
SweepRecord record_of(const std::vector<std::pair<test::Json, double>>& trials, const std::string& method) {
    SweepRecord record;
    for (const auto& trial : trials) {
        record.trials.push_back(test::sample_trial(record.trials.size() + 1, 0.001, 0.01, 2));
        record.trials.back().parameters = trial.first;
        record.trials.back().score = record.trials.back().validation_loss = trial.second;
    }
    record.sweep = test::sample_head(method, 2, trials.size());
    return record;
}

TEST(OverviewTest, RanksByTheScoreInTheDirectionOfTheMetric) {
    SweepRecord record = record_of({{{{"lr", 1}}, 0.3}, {{{"lr", 2}}, 0.1}, {{{"lr", 3}}, 0.2}}, "grid");
    EXPECT_EQ(ids_of(overview_of(record).ranked), (std::vector<std::size_t>{2, 3, 1}));
    record.sweep["metric"] = {{"name", "validation_accuracy"}, {"goal", "maximize"}};
    EXPECT_EQ(ids_of(overview_of(record).ranked), (std::vector<std::size_t>{1, 3, 2}));
}

TEST(OverviewTest, KeepsTrialsWithoutAResultApart) {
    SweepRecord record = record_of({{{{"lr", 1}}, 0.3}, {{{"lr", 2}}, 0.1}, {{{"lr", 3}}, 0.2}}, "grid");
    record.trials[0].status = TrialStatus::failed;
    record.trials[1].validation_loss = std::numeric_limits<double>::quiet_NaN();
    record.trials[2].status = TrialStatus::stopped;
    const Overview overview = overview_of(record);
    EXPECT_EQ(ids_of(overview.ranked), (std::vector<std::size_t>{3}));
    EXPECT_EQ(ids_of(overview.failed), (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(ids_of(overview.stopped), (std::vector<std::size_t>{3}));
    EXPECT_TRUE(overview.axes.empty());
}

TEST(OverviewTest, PutsLearningRateAndWeightDecayFirst) {
    SweepRecord record = test::sample_sweep(3, 2, 2);
    for (TrialRecord& trial : record.trials) trial.parameters["batch"] = trial.id % 2 == 0 ? 50 : 100;
    for (TrialRecord& trial : record.trials) trial.parameters["fixed"] = 1;
    EXPECT_EQ(names_of(overview_of(record).axes), (std::vector<std::string>{"lr", "weight_decay", "batch"}));
}

TEST(OverviewTest, KnowsThemByTheNamesOfOtherPrograms) {
    std::vector<std::pair<test::Json, double>> trials;
    for (int i = 0; i < 8; ++i) {
        trials.push_back(
            {{{"batch_size", 8 << (i / 4)}, {"Weight-Decay", i / 2 % 2}, {"Learning-Rate", i % 2 + 1}},
             i / 4 + 0.1});
    }
    EXPECT_EQ(names_of(overview_of(record_of(trials, "grid")).axes),
              (std::vector<std::string>{"Learning-Rate", "Weight-Decay", "batch_size"}));
}

TEST(OverviewTest, OrdersOtherParametersByTheirImportance) {
    const SweepRecord record = record_of({{{{"a", 1}, {"z", "x"}}, 1.0},
                                          {{{"a", 2}, {"z", "x"}}, 1.1},
                                          {{{"a", 1}, {"z", "y"}}, 3.0},
                                          {{{"a", 2}, {"z", "y"}}, 3.2}},
                                         "grid");
    const Overview overview = overview_of(record);
    EXPECT_EQ(names_of(overview.axes), (std::vector<std::string>{"z", "a"}));
    // Ranks 1, 2 and 3, 4: total 5, within 1 with 2 degrees of freedom.
    EXPECT_DOUBLE_EQ(overview.axes[0].importance, (5 - 1 - 0.5) / 5);
    EXPECT_FALSE(overview.axes[0].numeric);
    EXPECT_TRUE(overview.axes[1].numeric);
}

TEST(OverviewTest, DrawsNoLineForEachValueOfAContinuum) {
    std::vector<std::pair<test::Json, double>> trials;
    for (int i = 0; i < 20; ++i) {
        trials.push_back({{{"lr", 0.001 * std::pow(1.3, i)}, {"layers", i % 2 + 1}}, 1.0 + 0.1 * i});
    }
    const Overview overview = overview_of(record_of(trials, "random"));
    ASSERT_EQ(overview.axes.size(), 2U);
    EXPECT_EQ(overview.axes[0].name, "lr");
    EXPECT_FALSE(overview.axes[0].listed);
    EXPECT_TRUE(overview.axes[0].log_scale);
    EXPECT_GT(overview.axes[0].importance, 0.5);
    EXPECT_TRUE(overview.axes[1].listed);
}

TEST(OverviewTest, TakesTheScaleOfAnAxisFromItsDistribution) {
    SweepRecord record = record_of({{{{"dropout", 0.01}, {"lr", 0.001}, {"hidden", 8}}, 1},
                                    {{{"dropout", 0.5}, {"lr", 0.002}, {"hidden", 512}}, 2}},
                                   "random");
    record.sweep["parameters"] = {{"dropout", {{"distribution", "uniform"}, {"min", 0}, {"max", 0.6}}},
                                  {"lr", {{"distribution", "log_uniform_values"}}},
                                  {"hidden", {{"distribution", "categorical"}}}};
    for (const Axis& axis : overview_of(record).axes)
        EXPECT_EQ(axis.log_scale, axis.name != "dropout") << axis.name;
}

TEST(OverviewTest, SortsNumbersAsNumbersAndKnowsValuesThatAreMissing) {
    const SweepRecord record = record_of(
        {{{{"n", 10}, {"only", true}}, 1}, {{{"n", 9}}, 2}, {{{"n", 9.5}, {"only", false}}, 3}}, "grid");
    const Overview overview = overview_of(record);
    for (const Axis& axis : overview.axes) {
        using Labels = std::vector<std::string>;
        const Labels expected = axis.name == "n" ? Labels{"9", "9.5", "10"} : Labels{"false", "none", "true"};
        EXPECT_EQ(axis.labels, expected) << axis.name;
    }
    EXPECT_EQ(overview.axes.size(), 2U);
}

TEST(OverviewTest, TellsValuesApartThatDifferLittle) {
    const SweepRecord record = record_of({{{{"lr", 0.100001}}, 1}, {{{"lr", 0.100002}}, 2}}, "grid");
    EXPECT_EQ(overview_of(record).axes.at(0).labels, (std::vector<std::string>{"0.100001", "0.100002"}));
}

}  // namespace
}  // namespace melvit
