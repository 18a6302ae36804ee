#include "melvit/report/split_report.h"

#include "melvit/report/split_figures.h"

#include "tests/report/sample_study.h"
#include "tests/support/errors.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <sstream>

namespace melvit {
namespace {

using test::runs_of;
using test::sample_study;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

TEST(SplitReport, TheRunsCsvHasARowARun) {
    const auto lines = lines_of(split_runs_csv(sample_study()));
    ASSERT_EQ(lines.size(), 13U);
    EXPECT_EQ(lines[0],
              "recipe,protocol,fraction,seed,fold,train,validation,test,best_epoch,validation_accuracy,"
              "validation_loss,test_accuracy,test_loss,test_macro_f1,seconds,error");
    EXPECT_EQ(lines[1], "study,random,0.5,0,0,40,10,4,3,0.25,0,0.25,1.5,0.125,1.235,");
    EXPECT_TRUE(lines[7].starts_with("\"best, \"\"ours\"\"\",random,0.5,0,")) << lines[7];
}

TEST(SplitReport, TheSummaryCsvHasARowAProtocolAndFraction) {
    const auto lines = lines_of(split_summary_csv(sample_study()));
    ASSERT_EQ(lines.size(), 7U);
    EXPECT_EQ(lines[0],
              "recipe,protocol,fraction,runs,failed,train,validation,test,test_tracks,validation_accuracy,"
              "test_accuracy,test_accuracy_sd,test_accuracy_low95,test_accuracy_high95,tracks_low95,"
              "tracks_high95,test_loss,test_loss_sd,test_macro_f1,test_macro_f1_sd");
    EXPECT_TRUE(lines[2].starts_with("study,random,1,2,0,80,10,4,8,0.25,0.375,0.1767766952966369,"))
        << lines[2];
    EXPECT_TRUE(lines[3].starts_with("study,fixed-split,1,2,0,80,10,4,8,0.25,0.25,0,0.25,0.25,")) << lines[3];
}

TEST(SplitReport, TheTestsCsvComparesEachTwoRecipes) {
    const auto lines = lines_of(split_tests_csv(sample_study()));
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0],
              "first,second,protocol,pairs,mean_difference,low95,high95,overlap,t,p,tracks,only_first_right,"
              "only_second_right,mcnemar_p");
    EXPECT_EQ(lines[1], "study,\"best, \"\"ours\"\"\",random,2,0.25,0.25,0.25,0.05,,0,8,0,2,0.5");
    EXPECT_TRUE(test::holds(lines[2], "fixed-split,2,0.25,0.25,0.25,0,,0,8,0,2,0.5"));
}

TEST(SplitReport, TheDocumentHoldsTheSameRows) {
    const auto json = split_study_json(sample_study());
    EXPECT_EQ(json.at("runs").size(), 12U);
    EXPECT_EQ(json.at("protocols").size(), 6U);
    EXPECT_EQ(json.at("protocols")[1].at("test_accuracy"), 0.375);
    EXPECT_EQ(json.at("tests")[0].at("only_second_right"), 2);
    EXPECT_TRUE(json.at("tests")[0].at("t").is_null()) << "JSON knows no infinity";
    EXPECT_EQ(json.at("notes"), nlohmann::ordered_json({"a note", "another"}));
}

TEST(SplitReport, ARunThatFailedHasNoFiguresAndANote) {
    RecipeRuns runs = runs_of("study", 0.0);
    runs.runs[3].error = "training: needs a finite loss, epoch 1 gave nan";
    const SplitStudy study = study_of({runs}, {});
    EXPECT_EQ(lines_of(split_runs_csv(study))[4],
              "study,random,1,1,0,80,10,4,,,,,,,1.235,\"training: needs a finite loss, epoch 1 gave nan\"");
    EXPECT_TRUE(
        lines_of(split_summary_csv(study))[2].starts_with("study,random,1,1,1,80,10,4,4,0.25,0.25,,,,"));
    ASSERT_EQ(study.notes.size(), 1U);
    EXPECT_TRUE(study.notes[0].starts_with("1 of 6 runs of study failed and count nowhere"));
    EXPECT_TRUE(split_study_json(study).at("runs")[3].at("test_accuracy").is_null());
}

TEST(SplitReport, RecipesThatReadDifferentTracksAreNotCompared) {
    RecipeRuns other = runs_of("best", 0.25);
    other.files.pop_back();
    const SplitStudy study = study_of({runs_of("study", 0.0), other}, {});
    EXPECT_TRUE(study.comparisons.empty());
    ASSERT_EQ(study.notes.size(), 1U);
    EXPECT_EQ(study.notes[0], "study and best are not compared: they read different tracks");
    EXPECT_TRUE(split_tests_table(study).empty());
}

TEST(SplitReport, TablesForPeopleHaveARowAProtocol) {
    const SplitStudy study = sample_study();
    const TextTable table = split_table(study);
    ASSERT_EQ(table.size(), 5U) << "two protocols of two recipes on whole training sets";
    EXPECT_EQ(table[1][1], "random");
    EXPECT_EQ(table[1][6], "0.375");
    const TextTable curves = learning_curve_table(study);
    ASSERT_EQ(curves.size(), 3U) << "fixed-split has no curve";
    EXPECT_EQ(curves[0], (std::vector<std::string>{"recipe", "split", "50 %", "100 %"}));
    EXPECT_EQ(curves[1][2], "0.312 +- 0.088");
    EXPECT_EQ(curves[2][3], "0.625 +- 0.177");
    EXPECT_EQ(split_tests_table(study).size(), 3U);
}

TEST(SplitFigures, HaveTheirLegendsBelowThePlot) {
    for (const Figure& figure : split_figures(sample_study())) {
        EXPECT_TRUE(test::holds(figure.script, "set key outside bottom center")) << figure.name;
    }
}

TEST(SplitFigures, HoldTheMeansAndTheSingleRuns) {
    const auto figures = split_figures(sample_study());
    ASSERT_EQ(figures.size(), 2U);
    const auto rows = lines_of(figures[0].csv);
    EXPECT_EQ(std::ranges::count_if(rows, [](const auto& row) { return row.find(",mean,") != row.npos; }), 4);
    EXPECT_EQ(std::ranges::count_if(rows, [](const auto& row) { return row.find(",run,") != row.npos; }), 8);
    EXPECT_TRUE(test::holds(figures[1].csv, "0,study,random,0.5,40,0.3125,"));
    RecipeRuns no_curves = runs_of("study", 0.0);
    no_curves.runs.erase(no_curves.runs.begin(), no_curves.runs.begin() + 2);
    EXPECT_EQ(split_figures(study_of({no_curves}, {})).size(), 1U);
    for (StudyRun& run : no_curves.runs) run.error = "it failed";
    EXPECT_TRUE(split_figures(study_of({no_curves}, {})).empty());
}

}  // namespace
}  // namespace melvit
