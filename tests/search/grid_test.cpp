#include "melvit/search/search.h"

#include "tests/support/test_files.h"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

namespace melvit {
namespace {

std::vector<std::string> points_of(const std::string& parameters, const std::string& rest = "") {
    const SweepFile file =
        parse_sweep_file("method: grid\nparameters: " + parameters + "\n" + rest, "s.yaml");
    const auto search = make_search(file, 1);
    std::vector<std::string> points;
    for (std::size_t i = 0; i < search->trials(); ++i) points.push_back(search->point(i, {}).dump());
    return points;
}

TEST(GridTest, NamesIterateInSortedOrderTheLastFastest) {
    const std::vector<std::string> expected = {R"({"a":1,"b":"x"})", R"({"a":1,"b":"y"})",
                                               R"({"a":2,"b":"x"})", R"({"a":2,"b":"y"})"};
    EXPECT_EQ(points_of("{b: {values: [x, y]}, a: {values: [1, 2]}}"), expected);
}

TEST(GridTest, TakesConstantsWholeNumbersAndSteps) {
    const std::vector<std::string> expected = {R"({"c":true,"i":1,"q":0.0})", R"({"c":true,"i":1,"q":0.5})",
                                               R"({"c":true,"i":2,"q":0.0})", R"({"c":true,"i":2,"q":0.5})"};
    EXPECT_EQ(points_of("{c: {value: true}, i: {min: 1, max: 2}, "
                        "q: {distribution: q_uniform, min: 0, max: 1, q: 0.5}}"),
              expected);
}

TEST(GridTest, CountsEqualPointsOnce) {
    const std::vector<std::string> expected = {R"({"a":3})", R"({"a":4.5})"};
    EXPECT_EQ(points_of("{a: {values: [3, 3.0, 4.5, 4.5]}}"), expected);
}

TEST(GridTest, RunCapEndsIt) {
    EXPECT_EQ(points_of("{a: {values: [1, 2, 3]}}", "run_cap: 2\n").size(), 2U);
    EXPECT_EQ(points_of("{a: {values: [1, 2, 3]}}", "run_cap: 9\n").size(), 3U);
}

TEST(GridTest, DoesNotLearn) {
    const SweepFile file = parse_sweep_file("method: grid\nparameters: {a: {value: 1}}\n", "s.yaml");
    EXPECT_FALSE(make_search(file, 0)->learns());
}

struct Preset {
    std::string name, metric;
    bool maximises;
    std::size_t trials;
    int epochs;
    double last_lr;
};

TEST(GridTest, ThePresetsAreTheStudysTwoSweeps) {
    for (const Preset& preset : {Preset{"study_sweep1", "validation_accuracy", true, 506, 25, 0.01},
                                 Preset{"study_sweep2", "validation_loss", false, 231, 15, 0.005}}) {
        const SweepFile file = read_sweep_file(test::golden("../../configs/" + preset.name + ".yaml"));
        EXPECT_EQ(file.name, preset.name);
        EXPECT_EQ(file.metric.name, preset.metric);
        EXPECT_EQ(file.metric.maximise, preset.maximises);
        EXPECT_TRUE(file.notices.empty());
        const auto search = make_search(file, 0);
        ASSERT_EQ(search->trials(), preset.trials);
        std::set<std::string> points;
        for (std::size_t i = 0; i < search->trials(); ++i) {
            const Point point = search->point(i, {});
            points.insert(point.dump());
            // Exactly the decimal numbers 0.0010 + 0.0002 i and 0.005 + 0.001 j.
            EXPECT_EQ(point.at("lr").get<double>(), static_cast<double>(10 + 2 * (i / 11)) / 10'000);
            EXPECT_EQ(point.at("weight_decay").get<double>(), static_cast<double>(5 + i % 11) / 1000);
        }
        EXPECT_EQ(points.size(), preset.trials);
        const Point last = search->point(preset.trials - 1, {});
        EXPECT_EQ(last.at("lr"), preset.last_lr);
        EXPECT_EQ(last.at("epochs"), preset.epochs);
        EXPECT_EQ(last.at("batch"), 100);
        EXPECT_EQ(last.at("recipe"), "study");
    }
}

}  // namespace
}  // namespace melvit
