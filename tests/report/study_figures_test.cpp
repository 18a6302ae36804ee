#include "melvit/report/study_figures.h"

#include "tests/report/sample_sweep.h"
#include "tests/support/errors.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

namespace melvit {
namespace {

using test::holds;

std::vector<std::string> names_of(const std::vector<Figure>& figures) {
    std::vector<std::string> names;
    for (const Figure& figure : figures) names.push_back(figure.name);
    return names;
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t times = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++times;
    return times;
}

TEST(StudyFiguresTest, AreTheStudysFourKinds) {
    const SweepRecord record = test::sample_sweep(12, 3, 2);
    EXPECT_EQ(names_of(study_figures(overview_of(record), Subset::validation, Measure::error)),
              (std::vector<std::string>{
                  "average-validation-error", "average-constant-lr-validation-error",
                  "minimum-constant-lr-validation-error", "solo-average-lr-validation-error",
                  "solo-average-weight-decay-validation-error", "solo-minimum-lr-validation-error",
                  "solo-minimum-weight-decay-validation-error"}));
}

TEST(StudyFiguresTest, AverageEachLearningRateOverAllWeightDecays) {
    const SweepRecord record = test::sample_sweep(2, 3, 1);
    const auto figures = study_figures(overview_of(record), Subset::training, Measure::loss);
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += record.trials[i].history[0].train_loss;
    EXPECT_EQ(figures[0].name, "average-training-loss");
    EXPECT_TRUE(holds(figures[0].csv, fmt::format("1,1,0,lr,0.001,{}\n", sum / 3)));
    sum = record.trials[0].history[0].train_loss + record.trials[3].history[0].train_loss;
    EXPECT_TRUE(holds(figures[0].csv, fmt::format("1,2,0,weight_decay,0.005,{}\n", sum / 2)));
    EXPECT_EQ(figures[2].name, "minimum-constant-lr-training-loss");
    EXPECT_TRUE(
        holds(figures[2].csv, fmt::format("1,1,1,lr,0.0012,{}\n", record.trials[3].history[0].train_loss)));
}

TEST(StudyFiguresTest, PutFiveLearningRatesIntoEachSmallPlot) {
    const SweepRecord record = test::sample_sweep(46, 2, 1);
    const auto figures = study_figures(overview_of(record), Subset::validation, Measure::loss);
    EXPECT_EQ(count(figures[1].script, "plot csv"), 10U);
    EXPECT_EQ(count(figures[1].script, " pointsize 0.7 linecolor rgb '"), 46U);
}

TEST(StudyFiguresTest, ColourManyLinesByTheirValueAndNameFew) {
    const SweepRecord record = test::sample_sweep(9, 8, 1);
    const auto figures = study_figures(overview_of(record), Subset::validation, Measure::loss);
    EXPECT_EQ(count(figures[0].script, "linecolor palette"), 1U);
    EXPECT_EQ(count(figures[0].script, " title '0."), 8U);
}

TEST(StudyFiguresTest, StackNothingForASingleParameter) {
    const SweepRecord record = test::sample_sweep(4, 1, 2);
    EXPECT_EQ(
        names_of(study_figures(overview_of(record), Subset::validation, Measure::loss)),
        (std::vector<std::string>{"average-constant-lr-validation-loss", "solo-average-lr-validation-loss"}));
}

TEST(StudyFiguresTest, TellParametersApartWhoseNamesMakeNoFileName) {
    SweepRecord record = test::sample_sweep(2, 2, 1);
    for (TrialRecord& trial : record.trials) {
        trial.parameters = {{"\xC3\xBC", trial.parameters["lr"]}, {"../", trial.parameters["weight_decay"]}};
    }
    for (const Figure& figure : study_figures(overview_of(record), Subset::validation, Measure::loss)) {
        EXPECT_EQ(figure.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos)
            << figure.name;
        EXPECT_TRUE(!figure.name.starts_with("solo") || holds(figure.name, "parameter-"));
    }
}

TEST(StudyFiguresTest, DrawLossesThatLieFarApartOnALogarithmicScale) {
    SweepRecord record = test::sample_sweep(2, 2, 4);
    const auto script = [&](Measure measure) {
        return study_figures(overview_of(record), Subset::validation, measure)[0].script;
    };
    EXPECT_FALSE(holds(script(Measure::loss), "\nset logscale y"));
    for (TrialRecord& trial : record.trials) trial.history[0].validation_loss = 40;
    EXPECT_TRUE(holds(script(Measure::loss), "\nset logscale y"));
    EXPECT_FALSE(holds(script(Measure::error), "\nset logscale y"));
}

TEST(StudyFiguresTest, KeepEachLineInsideThePlot) {
    SweepRecord record = test::sample_sweep(9, 2, 40);
    for (TrialRecord& trial : record.trials) trial.history[0].validation_accuracy = 0.02;
    for (const Figure& figure : study_figures(overview_of(record), Subset::validation, Measure::error)) {
        const std::string& script = figure.script;
        double low = 0, high = 0;
        ASSERT_EQ(
            std::sscanf(script.c_str() + script.find("set yrange ["), "set yrange [%lf:%lf]", &low, &high),
            2);
        double least = 100, most = 0;
        std::istringstream rows(figure.csv);
        for (std::string row; std::getline(rows, row);) {
            double error = 0;
            if (std::sscanf(row.c_str(), "%*d,%*d,%*d,%*[^,],%*[^,],%lf", &error) != 1) continue;
            least = std::min(least, error);
            most = std::max(most, error);
        }
        EXPECT_LT(low, least) << figure.name;
        EXPECT_GT(high, most) << figure.name;
        EXPECT_EQ(most, 98) << figure.name << ": the first epoch counts";
    }
}

TEST(StudyFiguresTest, SayWhyThereAreNone) {
    EXPECT_TRUE(holds(why_no_study_figures(overview_of(test::sample_sweep(1, 1, 2))), "more than one value"));
    SweepRecord record = test::sample_sweep(4, 5, 2);
    record.sweep["method"] = "random";
    for (TrialRecord& trial : record.trials) {
        trial.parameters = {{"lr", 0.001 * static_cast<double>(trial.id)},
                            {"weight_decay", 0.01 / static_cast<double>(trial.id)}};
    }
    EXPECT_TRUE(study_figures(overview_of(record), Subset::validation, Measure::loss).empty());
    EXPECT_TRUE(holds(why_no_study_figures(overview_of(record)), "values of its own"));
    EXPECT_EQ(why_no_study_figures(overview_of(test::sample_sweep(2, 2, 2))), "");
}

}  // namespace
}  // namespace melvit
