#include "melvit/search/search.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <numbers>
#include <set>
#include <string>
#include <vector>

namespace melvit {
namespace {

constexpr std::size_t kTrials = 100;
constexpr std::size_t kLate = 7;  // results of the seven trials that run beside it are not known yet

using Function = std::function<double(const Point&)>;

SweepFile sweep_of(const std::string& method, const std::string& parameters) {
    return parse_sweep_file(
        "method: " + method + "\nrun_cap: 100\nmetric: {name: loss}\nparameters: " + parameters + "\n",
        "s.yaml");
}

/// What is known when trial `index` begins.
std::span<const Observation> known(const std::vector<Observation>& seen, std::size_t index) {
    return std::span(seen).first(index > kLate ? index - kLate : 0);
}

std::vector<Observation> run(const SweepFile& file, const Function& function, std::uint64_t seed) {
    const auto search = make_search(file, seed);
    std::vector<Observation> seen;
    for (std::size_t i = 0; i < search->trials(); ++i) {
        const Point point =
            search->point(i, search->learns() ? known(seen, i) : std::span<const Observation>{});
        const double score = function(point);
        seen.push_back({point, score, std::isnan(score)});
    }
    return seen;
}

/// Trials until one is at least as good as `goal`; one more than there are when none is.
std::size_t trials_until(const std::vector<Observation>& seen, double goal) {
    const auto reached = std::find_if(seen.begin(), seen.end(),
                                      [&](const Observation& o) { return !o.failed && o.score <= goal; });
    return static_cast<std::size_t>(reached - seen.begin()) + 1;
}

template <class Value>
Value median(std::vector<Value> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Median over 21 seeds of the trials that bayes needs to get as low as a random search gets in 100.
std::size_t trials_to_random_best(const std::string& parameters, const Function& function) {
    std::vector<double> bests;
    for (std::uint64_t seed = 0; seed < 21; ++seed) {
        double best = 1e300;
        for (const Observation& o : run(sweep_of("random", parameters), function, seed))
            best = std::min(best, o.score);
        bests.push_back(best);
    }
    std::vector<std::size_t> needed;
    for (std::uint64_t seed = 0; seed < 21; ++seed) {
        needed.push_back(trials_until(run(sweep_of("bayes", parameters), function, seed), median(bests)));
    }
    return median(needed);
}

double at(const Point& point, const char* name) {
    return point.at(name).get<double>();
}

double bowl(const Point& point) {
    return std::pow(std::log10(at(point, "lr") / 0.003), 2);
}

/// source  Dixon, Szego 1978
double branin(const Point& point) {
    constexpr double pi = std::numbers::pi;
    const double x = at(point, "x");
    const double y = at(point, "y");
    return std::pow(y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6, 2) +
           10 * (1 - 1 / (8 * pi)) * std::cos(x) + 10;
}

double mixed(const Point& point) {
    return bowl(point) + 0.1 * std::pow(std::log2(at(point, "hidden") / 512), 2) +
           (point.at("shape") == "mlp" ? 0 : 0.2);
}

const char* const kLr = "{lr: {distribution: log_uniform_values, min: 1e-6, max: 1}}";

TEST(BayesTest, FindsRandomSearchsBestOfALogScaledBowlInHalfTheTrials) {
    EXPECT_LE(trials_to_random_best(kLr, bowl), 50U);
}

TEST(BayesTest, FindsRandomSearchsBestOfBraninInHalfTheTrials) {
    EXPECT_LE(trials_to_random_best("{x: {min: -5.0, max: 10.0}, y: {min: 0.0, max: 15.0}}", branin), 50U);
}

TEST(BayesTest, FindsRandomSearchsBestOfNumbersAndListsInHalfTheTrials) {
    EXPECT_LE(trials_to_random_best(
                  "{lr: {distribution: log_uniform_values, min: 1e-6, max: 1}, "
                  "hidden: {values: [64, 128, 256, 512, 1024]}, shape: {values: [study, mlp, linear]}}",
                  mixed),
              50U);
}

TEST(BayesTest, BeginsWithThePointsOfARandomSearch) {
    const auto bayes = make_search(sweep_of("bayes", kLr), 5);
    const auto random = make_search(sweep_of("random", kLr), 5);
    EXPECT_TRUE(bayes->learns());
    for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(bayes->point(i, {}), random->point(i, {}));
}

TEST(BayesTest, APointIsAFunctionOfSeedIndexAndObservations) {
    const SweepFile file = sweep_of("bayes", kLr);
    const std::vector<Observation> seen = run(file, bowl, 1);
    const auto again = make_search(file, 1);
    for (std::size_t i = kTrials; i-- > 0;) EXPECT_EQ(again->point(i, known(seen, i)), seen[i].point);
    EXPECT_NE(make_search(file, 2)->point(50, known(seen, 50)), seen[50].point);
    EXPECT_NE(again->point(50, known(seen, 40)), seen[50].point);
}

TEST(BayesTest, TrialsThatSeeTheSameResultsGetDifferentPoints) {
    const SweepFile file = sweep_of("bayes", kLr);
    const std::vector<Observation> seen = run(file, bowl, 1);
    const auto search = make_search(file, 1);
    std::set<std::string> points;
    for (std::size_t i = 40; i < 48; ++i) points.insert(search->point(i, std::span(seen).first(40)).dump());
    EXPECT_EQ(points.size(), 8U);
}

TEST(BayesTest, KeepsAwayFromFailures) {
    const Function fails_above = [](const Point& point) {
        return at(point, "lr") > 1e-3 ? std::nan("") : -std::log10(at(point, "lr"));
    };
    const std::vector<Observation> seen = run(sweep_of("bayes", kLr), fails_above, 1);
    const auto failures = [&](std::size_t from, std::size_t to) {
        return std::count_if(seen.begin() + static_cast<long>(from), seen.begin() + static_cast<long>(to),
                             [](const Observation& o) { return o.failed; });
    };
    EXPECT_GT(failures(0, 18), 4);  // half of the range fails
    EXPECT_LT(failures(60, 100), 14);
    double best = 1e300;
    for (const Observation& o : seen) best = std::min(best, o.failed ? best : o.score);
    EXPECT_LT(best, 3.1);
}

TEST(BayesTest, OnlyFailuresAreNoObstacle) {
    const Function fails = [](const Point&) { return std::nan(""); };
    const std::vector<Observation> seen = run(sweep_of("bayes", kLr), fails, 1);
    EXPECT_EQ(seen.size(), kTrials);
    std::set<std::string> points;
    for (const Observation& o : seen) points.insert(o.point.dump());
    EXPECT_EQ(points.size(), kTrials);
}

TEST(BayesTest, TriesEveryPointOfASmallListBeforeItRepeatsOne) {
    const std::string parameters = "{a: {min: 1, max: 5}, b: {values: [x, y, z]}}";
    const Function far = [](const Point& point) { return std::abs(at(point, "a") - 4); };
    std::set<std::string> points;
    for (const Observation& o : run(sweep_of("bayes", parameters), far, 1)) points.insert(o.point.dump());
    EXPECT_EQ(points.size(), 15U);
}

TEST(BayesTest, TakesEveryDistribution) {
    const std::string parameters =
        "{a: {value: 1}, b: {values: [1, x, true], probabilities: [0.5, 0.5, 0]}, c: {min: 1, max: 9}, "
        "d: {distribution: q_uniform, min: 0, max: 9, q: 2}, e: {distribution: log_uniform, min: -9, max: "
        "0}, "
        "f: {distribution: q_log_uniform, min: 0, max: 5}, g: {distribution: inv_log_uniform, min: 0, max: "
        "5}, "
        "h: {distribution: q_log_uniform_values, min: 1, max: 99, q: 5}, i: {distribution: normal}, "
        "j: {distribution: q_normal, q: 0.1}, k: {distribution: log_normal}, l: {distribution: "
        "q_log_normal}, "
        "m: {distribution: beta, a: 0.5, b: 0.5}, n: {distribution: q_beta, q: 0.25}, "
        "o: {distribution: inv_log_uniform_values, min: 1e-3, max: 1}}";
    const Function sum = [](const Point& point) {
        return at(point, "c") + std::abs(at(point, "i")) + at(point, "m");
    };
    const std::vector<Observation> seen = run(sweep_of("bayes", parameters), sum, 1);
    double first = 0;
    double last = 0;
    for (std::size_t i = 0; i < 20; ++i) {
        first += seen[i].score;
        last += seen[kTrials - 1 - i].score;
    }
    EXPECT_LT(last, 0.8 * first);
    for (const Observation& o : seen) EXPECT_NE(o.point.at("b"), true);
}

TEST(BayesTest, RefusesTrialsOfAnotherSweep) {
    const auto search = make_search(sweep_of("bayes", "{a: {values: [1, 2]}}"), 1);
    const std::vector<Observation> other(20, {Point{{"b", 1}}, 1.0, false});
    EXPECT_TRUE(test::holds(test::error_of([&] { search->point(20, other); }), "needs the parameter a"));
    const std::vector<Observation> strange(20, {Point{{"a", 7}}, 1.0, false});
    EXPECT_TRUE(test::holds(test::error_of([&] { search->point(20, strange); }),
                            "needs values of the sweep's parameters"));
}

TEST(BayesTest, TheExampleIsABayesSweep) {
    const SweepFile file = read_sweep_file(test::golden("../../configs/bayes_example.yaml"));
    EXPECT_EQ(file.method, SearchMethod::bayes);
    EXPECT_EQ(make_search(file, 0)->trials(), 60U);
    EXPECT_EQ(file.early.kind, EarlyTermination::Kind::hyperband);
    EXPECT_TRUE(file.notices.empty());
}

}  // namespace
}  // namespace melvit
