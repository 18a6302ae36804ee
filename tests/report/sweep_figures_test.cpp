#include "melvit/report/sweep_figures.h"

#include "melvit/report/model_figures.h"

#include "tests/report/sample_sweep.h"
#include "tests/support/errors.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace melvit {
namespace {

using test::holds;

/// A sweep over words, long names and many values.
SweepRecord wordy_sweep() {
    SweepRecord record = test::sample_sweep(4, 6, 3);
    for (TrialRecord& trial : record.trials) {
        trial.parameters["a_parameter_with_a_name_of_39_letters_x"] =
            std::string(trial.id % 2 == 0 ? "a_value_of_many_letters" : "another_value");
        trial.parameters["batch"] = static_cast<int>(16 + trial.id);
    }
    return record;
}

TEST(SweepFiguresTest, NameTheVaryingParametersOfEachLearningCurve) {
    SweepRecord record = test::sample_sweep(2, 2, 3);
    for (TrialRecord& trial : record.trials) trial.parameters["hidden"] = 256;
    const Figure figure = learning_curves(overview_of(record));
    for (const char* name :
         {"trial 1: lr 0.001, weight_decay 0.005", "trial 2: lr 0.001, weight_decay 0.006",
          "trial 3: lr 0.0012, weight_decay 0.005", "trial 4: lr 0.0012, weight_decay 0.006"}) {
        EXPECT_TRUE(holds(figure.script, "set label '" + std::string(name) + "' at screen ")) << name;
    }
}

TEST(SweepFiguresTest, KeepTheFirstEpochsOfLearningCurvesInsideThePlot) {
    SweepRecord record = test::sample_sweep(3, 1, 30);
    record.trials[0].history[0].validation_accuracy = 0.01;
    record.trials[0].history[0].validation_loss = 7;
    const std::string script = learning_curves(overview_of(record)).script;
    double low = 0, high = 0;
    const std::size_t first = script.find("set yrange [");
    ASSERT_EQ(std::sscanf(script.c_str() + first, "set yrange [%lf:%lf]", &low, &high), 2);
    EXPECT_GT(high, 7);
    ASSERT_EQ(std::sscanf(script.c_str() + script.find("set yrange [", first + 1), "set yrange [%lf:%lf]",
                          &low, &high),
              2);
    EXPECT_GT(high, 99);
}

TEST(SweepFiguresTest, ShowEveryTrialAmongTheBestSoFar) {
    SweepRecord record = test::sample_sweep(8, 5, 2);
    record.trials[11].score = record.trials[11].validation_loss = 300;
    const std::string script = best_so_far(overview_of(record)).script;
    double low = 0, high = 0;
    ASSERT_EQ(std::sscanf(script.c_str() + script.find("set yrange ["), "set yrange [%lf:%lf]", &low, &high),
              2);
    EXPECT_GT(high, 300);
    EXPECT_TRUE(holds(script, "set logscale y"));
    EXPECT_TRUE(holds(script, "set ytics (1, 2, 5, 10, 20, 50, 100, 200, 500)"));
}

TEST(SweepFiguresTest, PutNoValueOfParallelCoordinatesOnAnother) {
    const auto figure = parallel_coordinates(overview_of(wordy_sweep()));
    ASSERT_TRUE(figure);
    EXPECT_TRUE(holds(figure->script, "'a_parameter_with_a_name_of_39_letters_x' "));
    std::map<int, std::vector<std::pair<double, double>>> spans;  // of each row: centre, half a width
    std::istringstream lines(figure->script);
    for (std::string line; std::getline(lines, line);) {
        char text[64] = {};
        double at = 0;
        int row = 0;
        if (std::sscanf(line.c_str(), "set label '%63[^']' at %lf,%d", text, &at, &row) != 3) continue;
        const double half = 0.5 * 8 * static_cast<double>(std::string(text).size()) / 420;
        for (const auto& other : spans[row])
            EXPECT_GE(std::abs(at - other.first), half + other.second) << line;
        spans[row].emplace_back(at, half);
    }
    ASSERT_EQ(spans.size(), 5U) << "four parameters and the metric";
    for (const auto& row : spans) EXPECT_GE(row.second.size(), 2U);
}

TEST(SweepFiguresTest, SayThatAMetricLiesAboveTheAxisOfParallelCoordinates) {
    SweepRecord record = test::sample_sweep(4, 6, 3);
    EXPECT_FALSE(holds(parallel_coordinates(overview_of(record))->script, " and more'"));
    record.trials[3].score = record.trials[3].validation_loss = 1000;
    EXPECT_TRUE(holds(parallel_coordinates(overview_of(record))->script, " and more'"));
}

TEST(SweepFiguresTest, StandTheManyValuesOfAMapUpright) {
    const auto script = [](std::size_t lrs) {
        return metric_map(overview_of(test::sample_sweep(lrs, 2, 1)))->script;
    };
    EXPECT_TRUE(holds(script(8), "set xtics norotate ('0.001' 0, "));
    EXPECT_TRUE(holds(script(14), "set xtics rotate by 45 right ('0.001' 0, "));
    EXPECT_TRUE(holds(script(15), "set xtics rotate by 90 right ('0.001' 0, "))
        << "aslant they lie on each other";
}

TEST(SweepFiguresTest, BreakLongLegendsIntoLinesAndCutNothing) {
    SweepRecord record = wordy_sweep();
    for (TrialRecord& trial : record.trials) {
        trial.parameters["another_parameter_with_a_long_name"] = 0.25 + static_cast<double>(trial.id);
    }
    const std::string script = learning_curves(overview_of(record)).script;
    for (const char* part :
         {"trial 2: lr 0.001, weight_decay 0.006,", "another_parameter_with_a_long_name 2.25",
          "a_parameter_with_a_name_of_39_letters_x a_value_of_many_letters", "batch 18"}) {
        EXPECT_TRUE(holds(script, part)) << part;
    }
    EXPECT_FALSE(holds(script, "\xE2\x80\xA6"));
}

TEST(ModelFiguresTest, EndTheNameOfAGenreAtItsCell) {
    SweepRecord record = test::sample_sweep(2, 2, 2);
    EXPECT_TRUE(holds(model_figures(record)[0].script, "set xtics rotate by 45 right ('blues' 0, "));
    record.sweep["genres"][0] = "blues of the eastern coast";
    EXPECT_TRUE(
        holds(model_figures(record)[0].script, "set xtics rotate by 90 right ('blues of the eastern"));
}

TEST(ModelFiguresTest, PutTheNameOfAGenreBesideItsBars) {
    const Figure figure = model_figures(test::sample_sweep(2, 2, 2))[1];
    EXPECT_EQ(figure.name, "genres");
    EXPECT_TRUE(holds(figure.script, "set ytics scale 0 ('blues' 0, 'classical' 1, "));
    EXPECT_TRUE(holds(figure.script, "($3/2):($2-0.27):($3/2):(0.125) with boxxyerror"));
    EXPECT_FALSE(holds(figure.script, "rotate"));
}

}  // namespace
}  // namespace melvit
