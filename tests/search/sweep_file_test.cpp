#include "melvit/search/sweep_file.h"

#include "melvit/search/distribution.h"
#include "melvit/search/search.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

SweepFile parse(const std::string& yaml) {
    return parse_sweep_file(yaml, "s.yaml");
}

/// A grid over one parameter.
SweepFile grid_of(const std::string& parameter) {
    return parse("method: grid\nmetric: {name: loss}\nparameters:\n  p: " + parameter + "\n");
}

/// A random sweep's distribution of one parameter.
Distribution distribution_of(const std::string& parameter) {
    return parse("method: random\nrun_cap: 1\nmetric: {name: loss}\nparameters:\n  p: " + parameter + "\n")
        .parameters.at(0)
        .distribution;
}

std::size_t notices_with(const SweepFile& file, const std::string& part) {
    return static_cast<std::size_t>(
        std::count_if(file.notices.begin(), file.notices.end(),
                      [&](const auto& notice) { return notice.find(part) != std::string::npos; }));
}

TEST(SweepFileTest, ReadsEveryTopLevelKey) {
    const SweepFile file = parse(
        "name: first\nproject: p\nentity: e\ndescription: |\n  two\n  lines\nmethod: bayes\nrun_cap: 7\n"
        "metric: {name: Validation_Accuracy, goal: maximize, target: 0.9, impute: worst}\n"
        "early_terminate: {type: hyperband, min_iter: 2, eta: 4, strict: false}\n"
        "parameters: {lr: {min: 0.0, max: 1.0}}\n");
    EXPECT_EQ(file.name, "first");
    EXPECT_EQ(file.project, "p");
    EXPECT_EQ(file.entity, "e");
    EXPECT_EQ(file.description, "two\nlines\n");
    EXPECT_EQ(file.method, SearchMethod::bayes);
    EXPECT_EQ(file.run_cap, 7U);
    EXPECT_EQ(file.metric.name, "Validation_Accuracy");
    EXPECT_TRUE(file.metric.maximise);
    EXPECT_EQ(file.metric.target, 0.9);
    EXPECT_EQ(file.early.kind, EarlyTermination::Kind::hyperband);
    EXPECT_EQ(file.early.min_iter, 2);
    EXPECT_EQ(file.early.eta, 4);
    EXPECT_FALSE(file.early.strict);
    EXPECT_TRUE(file.notices.empty());
}

TEST(SweepFileTest, IgnoresTheKeysOfOtherProgramsWithANoticeThatNamesTheLine) {
    const SweepFile file = parse(
        "program: train.py\ncommand: [python]\ncontroller: {type: local}\napiVersion: 1\nkind: sweep\njob: "
        "j\n"
        "image_uri: u\nscheduler: {engine: wandb}\nmethod: grid\nmetric: {name: loss}\nparameters: {a: "
        "{value: 1}}\n");
    EXPECT_EQ(file.notices.size(), 8U);
    EXPECT_EQ(notices_with(file, "s.yaml:1: program is ignored"), 1U);
    EXPECT_EQ(notices_with(file, "s.yaml:8: scheduler is ignored"), 1U);
}

TEST(SweepFileTest, AGridWithoutAMetricIsJudgedByValidationLossAndSaysSo) {
    const SweepFile file = parse("method: grid\nparameters: {a: {value: 1}}\n");
    EXPECT_EQ(file.metric.name, "validation_loss");
    EXPECT_FALSE(file.metric.maximise);
    EXPECT_EQ(notices_with(file, "metric is missing"), 1U);
}

TEST(SweepFileTest, GuessesTheDistributionAsWandbDoes) {
    EXPECT_EQ(distribution_of("{value: x}").kind, DistributionKind::constant);
    EXPECT_EQ(distribution_of("{values: [1, 2]}").kind, DistributionKind::categorical);
    EXPECT_EQ(distribution_of("{min: 1, max: 2}").kind, DistributionKind::int_uniform);
    EXPECT_EQ(distribution_of("{min: 1, max: 2.0}").kind, DistributionKind::uniform);
    EXPECT_EQ(distribution_of("{min: 1.0, max: 2}").kind, DistributionKind::uniform);
}

TEST(SweepFileTest, KnowsEveryDistribution) {
    for (const std::string name :
         {"int_uniform", "uniform", "q_uniform", "log_uniform", "q_log_uniform", "inv_log_uniform",
          "log_uniform_values", "q_log_uniform_values", "inv_log_uniform_values"}) {
        const Distribution d = distribution_of("{distribution: " + name + ", min: 1, max: 3}");
        EXPECT_EQ(name_of(d.kind), name);
        EXPECT_EQ(d.max, 3);
    }
    for (const std::string name : {"normal", "q_normal", "log_normal", "q_log_normal"}) {
        const Distribution d = distribution_of("{distribution: " + name + ", mu: 2, sigma: 0.5}");
        EXPECT_EQ(name_of(d.kind), name);
        EXPECT_EQ(d.mu, 2);
        EXPECT_EQ(d.sigma, 0.5);
    }
    for (const std::string name : {"beta", "q_beta"}) {
        const Distribution d = distribution_of("{distribution: " + name + ", a: 2, b: 5}");
        EXPECT_EQ(name_of(d.kind), name);
        EXPECT_EQ(d.alpha, 2);
        EXPECT_EQ(d.beta, 5);
    }
    EXPECT_EQ(distribution_of("{distribution: normal}").sigma, 1);
    EXPECT_EQ(distribution_of("{distribution: q_uniform, min: 0, max: 9, q: 3}").q, 3);
}

TEST(SweepFileTest, ReadsNumbersAsTheyAreWritten) {
    const Distribution d =
        distribution_of("{values: [3, 3.0, 1e-4, 1e3, -.5, +2, 0x10, '3', true, off, a-b]}");
    const Json expected = Json::array({3, 3.0, 1e-4, 1000.0, -0.5, 2, 16, "3", true, false, "a-b"});
    EXPECT_EQ(Json(d.values).dump(), expected.dump());
}

TEST(SweepFileTest, FlattensNestedParametersWithADot) {
    const SweepFile file = parse(
        "method: grid\nmetric: {name: loss}\nparameters:\n  z: {value: 1}\n  optimizer:\n    parameters:\n"
        "      lr: {values: [0.1, 0.2]}\n      deep: {parameters: {b: {value: 2}}}\n");
    ASSERT_EQ(file.parameters.size(), 3U);
    EXPECT_EQ(file.parameters[0].name, "optimizer.deep.b");
    EXPECT_EQ(file.parameters[1].name, "optimizer.lr");
    EXPECT_EQ(file.parameters[2].name, "z");
}

TEST(SweepFileTest, FollowsAnchorsAliasesAndMergeKeys) {
    const SweepFile file = parse(
        "method: random\nrun_cap: 2\nmetric: {name: loss}\nparameters:\n"
        "  lr: &decades {distribution: log_uniform_values, min: 1e-4, max: 1e-1}\n"
        "  weight_decay: *decades\n  other: {<<: *decades, max: 1}\n");
    EXPECT_EQ(file.parameters[0].distribution.max, 0.1);
    EXPECT_EQ(file.parameters[1].distribution.max, 1.0);
    EXPECT_EQ(file.parameters[1].distribution.min, 1e-4);
    EXPECT_EQ(file.parameters[2].distribution.max, 0.1);
}

TEST(SweepFileTest, SaysWhereLogUniformRuns) {
    const SweepFile file = parse(
        "method: random\nrun_cap: 2\nmetric: {name: loss}\nparameters:\n"
        "  lr: {distribution: log_uniform, min: 0.0001, max: 0.1}\n");
    EXPECT_EQ(
        notices_with(
            file, "s.yaml:5: parameters.lr: log_uniform takes exponents of e, so values run from 1 to 1.105"),
        1U);
}

TEST(SweepFileTest, SaysWhenAGridLeavesMaxOut) {
    const SweepFile out = grid_of("{distribution: q_uniform, min: 0, max: 10, q: 5}");
    EXPECT_EQ(notices_with(out, "s.yaml:4: parameters.p: the grid leaves max (10) out"), 1U);
    EXPECT_EQ(make_search(out, 0)->trials(), 2U);
    EXPECT_TRUE(grid_of("{distribution: q_uniform, min: 0, max: 11, q: 5}").notices.empty());
}

TEST(SweepFileTest, SaysWhenEqualValuesCountOnce) {
    const SweepFile file = grid_of("{values: [3, 3.0, 4]}");
    EXPECT_EQ(notices_with(file, "equal values count once: 2 of 3"), 1U);
}

TEST(SweepFileTest, HyperbandTakesMaxIterWithS) {
    const std::string rest = "method: grid\nmetric: {name: loss}\nparameters: {a: {value: 1}}\n";
    const SweepFile file = parse(rest + "early_terminate: {type: hyperband, max_iter: 27, s: 2}\n");
    EXPECT_EQ(file.early.max_iter, 27);
    EXPECT_EQ(file.early.s, 2);
    EXPECT_EQ(file.early.eta, 3);
    EXPECT_TRUE(file.early.strict);
    const SweepFile median = parse(rest + "early_terminate: {type: median, min_iter: 4}\n");
    EXPECT_EQ(median.early.kind, EarlyTermination::Kind::median);
    EXPECT_EQ(median.early.min_iter, 4);
    EXPECT_EQ(notices_with(median, "median is melvit's own"), 1U);
}

TEST(SweepFileTest, ReadsAFileWithAByteOrderMarkAndWindowsLines) {
    EXPECT_EQ(parse("\xef\xbb\xbfmethod: grid\r\nparameters:\r\n  a: {values: [1, 2]}\r\n").parameters.size(),
              1U);
}

}  // namespace
}  // namespace melvit
