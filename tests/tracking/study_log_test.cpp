#include "melvit/tracking/study_log.h"

#include <cmath>
#include <gtest/gtest.h>

namespace melvit {
namespace {

TEST(StudyLogTest, ATrainingIsSixColumnsAsTheStudyWroteThem) {
    StudyLogLine line;
    line.parameters = {{"weight_decay", 0.012}, {"lr", 0.0016}};
    line.batch_losses = {2.5, 1.0};
    line.validation_losses = {2.25};
    line.batch_accuracies = {0.1, 0.57};
    line.validation_accuracies = {0.29};
    line.seconds = 33.75;
    EXPECT_EQ(study_line(line),
              "LR:0.0016,Weight_Decay:0.012\t[2.5, 1.0]\t[2.25]\t[10.0, 57.0]\t[29.0]\t33.75");
}

TEST(StudyLogTest, ATestIsFourColumns) {
    EXPECT_EQ(study_line(StudyTestLine{{{"lr", 1e-5}, {"weight_decay", 0}}, 1.138, 65.0 / 99, 2}),
              "LR:1e-05,Weight_Decay:0\t1.138\t65.6565656565657\t2.0");
}

TEST(StudyLogTest, ATrainingThatDivergedKeepsItsColumns) {
    StudyLogLine line;
    line.parameters = {{"lr", 9.0}, {"weight_decay", 0.01}};
    line.batch_losses = {2.5, NAN};
    EXPECT_EQ(study_line(line), "LR:9.0,Weight_Decay:0.01\t[2.5, nan]\t[]\t[]\t[]\t0.0");
}

TEST(StudyLogTest, OtherParametersHaveTheSameFormInSortedOrder) {
    EXPECT_EQ(
        study_parameters({{"standardise", true}, {"lr", 0.001}, {"hidden", 64}, {"schedule", "co\tsine"}}),
        "hidden:64,lr:0.001,schedule:co sine,standardise:True");
    EXPECT_EQ(study_parameters({{"lr", 0.001}}), "lr:0.001");
    EXPECT_EQ(study_parameters({{"wd", 0.01}, {"learning_rate", 0.001}}), "LR:0.001,Weight_Decay:0.01");
    EXPECT_EQ(study_parameters({{"weight-decay", 0.01}, {"Learning-Rate", 0.001}}),
              "LR:0.001,Weight_Decay:0.01");
}

TEST(StudyLogTest, APercentageHasNoTailOfRounding) {
    EXPECT_EQ(percent(0.57), 57.0);
    EXPECT_EQ(percent(0.29), 29.0);
    EXPECT_NEAR(percent(1.0 / 3), 100.0 / 3, 1e-12);
    EXPECT_TRUE(std::isnan(percent(NAN)));
}

}  // namespace
}  // namespace melvit
