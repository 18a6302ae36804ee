// melvit evaluate from outside.

#include "tests/cli/cli_fixture.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSixOfTenGenres =
    "the tracks measured are of 6 of the model's 10 genres; macro F1 is the mean over these";

TEST_F(CliTest, EvaluateMeasuresTheModelOnTheSubsetItDidNotSee) {
    const auto measured = evaluated(model(), songs(), {});
    for (const char* figure : {"accuracy", "loss", "confusion"}) {
        EXPECT_EQ(measured.at(figure), trained_.json().at("test").at(figure)) << figure;
    }
    EXPECT_EQ(measured.at("tracks"), 6);
    EXPECT_EQ(measured.at("split"), "stratified:1");
    EXPECT_EQ(measured.at("notes"),
              nlohmann::ordered_json(
                  {"measured on the test set of the model's split, stratified:1", kSixOfTenGenres}));
    EXPECT_TRUE(measured.contains("calibration_error"));
    EXPECT_TRUE(measured.at("genres").at("metal").contains("precision"));
    EXPECT_TRUE(measured.at("genres").at("metal").contains("recall"));

    const auto validation = evaluated(model(), songs(), {"--part", "validation"});
    EXPECT_EQ(validation.at("accuracy"), trained_.json().at("validation").at("accuracy"));
    EXPECT_EQ(validation.at("loss"), trained_.json().at("validation").at("loss"));
}

TEST_F(CliTest, EvaluateMeasuresSomeOfTheModelsGenres) {
    for (const std::vector<std::string>& genres :
         {std::vector<std::string>{"metal"}, std::vector<std::string>{"jazz", "metal"}}) {
        const std::string data = at(fmt::format("some{}", genres.size()));
        for (const std::string& genre : genres) {
            fs::create_directories(data);
            fs::copy(songs() + "/" + genre, data + "/" + genre, fs::copy_options::recursive);
        }
        const auto measured = evaluated(model(), data, {});
        EXPECT_EQ(measured.at("tracks"), 6 * genres.size());
        EXPECT_EQ(measured.at("macro_f1_genres"), genres.size());
        double right = 0, f1 = 0;
        for (const std::string& genre : genres) {
            const auto& figures = measured.at("genres").at(genre);
            right += figures.at("recall").get<double>() * 6;
            f1 += figures.at("f1").get<double>() / static_cast<double>(genres.size());
        }
        EXPECT_NEAR(measured.at("accuracy").get<double>(), right / (6.0 * static_cast<double>(genres.size())),
                    1e-12);
        EXPECT_NEAR(measured.at("macro_f1").get<double>(), f1, 1e-12) << "over the genres of the data";
        EXPECT_NE(measured.at("notes").dump().find("of the model's 10 genres"), std::string::npos);
    }
    const Ran ran = program()(train_arguments(at("one"), at("some1")));
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("needs at least two genres"), std::string::npos) << ran.err;
}

TEST_F(CliTest, TrainNamesTheConfusionsGenresAndWarnsOfTooFewTracks) {
    const auto result = trained_.json();
    ASSERT_EQ(result.at("test").at("genres").size(), result.at("test").at("confusion").size());
    EXPECT_NE(result.at("warnings").dump().find("too few to measure"), std::string::npos);
    EXPECT_NE(trained_.err.find("warning: the data are too few"), std::string::npos) << trained_.err;
    const std::string text = bytes_of(run_folder() + "/result.json");
    EXPECT_NE(text.find("[0, 0, "), std::string::npos) << "a row of the confusion matrix takes one line";
}

TEST_F(CliTest, ExtractSaysThatAllCameFromTheCache) {
    const std::vector<std::string> arguments = {"extract",
                                                "--data",
                                                songs(),
                                                "--body",
                                                "random:vit_ti_16:1",
                                                "--recipe",
                                                "study",
                                                "--out",
                                                at("again.safetensors")};
    program()(arguments);
    const Ran ran = program()(arguments);
    EXPECT_NE(ran.out.find("all of them from the cache"), std::string::npos) << ran.out;
    EXPECT_EQ(ran.out.find("a second"), std::string::npos) << ran.out;
}

TEST_F(CliTest, EvaluateFindsTheModelsSplitWhereverTheSongsLieNow) {
    fs::copy(songs(), at("moved"), fs::copy_options::recursive);
    EXPECT_EQ(evaluated(model(), at("moved"), {}).at("confusion"),
              trained_.json().at("test").at("confusion"));
}

TEST_F(CliTest, EvaluateMeasuresAllOfOtherDataAndSaysSo) {
    fs::copy(songs(), at("more"), fs::copy_options::recursive);
    fs::copy_file(song(), at("more") + "/metal/another.wav");
    const auto measured = evaluated(model(), at("more"), {});
    EXPECT_EQ(measured.at("tracks"), 61);
    EXPECT_NE(measured.at("notes").dump().find("training tracks may be among these"), std::string::npos);
    const Ran ran =
        program()({"evaluate", "--model", model(), "--data", at("more"), "--part", "test", "--json"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("--part: needs --split"), std::string::npos) << ran.err;
}

TEST_F(CliTest, EvaluateSaysWhenASplitMayHoldTrainingTracks) {
    const auto same = evaluated(model(), songs(), {"--split", "stratified:1"});
    EXPECT_EQ(same.at("notes"), nlohmann::ordered_json({kSixOfTenGenres}));
    EXPECT_EQ(same.at("confusion"), trained_.json().at("test").at("confusion"));
    const auto other = evaluated(model(), songs(), {"--split", "random:0"});
    EXPECT_NE(other.at("notes").dump().find("another split, stratified:1"), std::string::npos);
    const auto part = evaluated(model(), songs(), {"--part", "train", "--split", "random:1"});
    EXPECT_EQ(part.at("tracks"), 48);
    EXPECT_EQ(evaluated(model(), songs(), {"--part", "all"}).at("tracks"), 60);
    EXPECT_EQ(program()({"evaluate", "--model", model(), "--data", songs(), "--split", "kfold:5:0"}).code, 2);
}

TEST_F(CliTest, EvaluateMeasuresTheFoldThatBecameTheModel) {
    auto arguments = train_arguments(at("fold-run"));
    arguments[8] = "kfold:3:2";
    const Ran ran = program()(arguments);
    ASSERT_EQ(ran.code, 0) << ran.err;
    const auto folds = ran.json().at("folds");
    const auto best = std::ranges::min_element(
        folds, {}, [](const auto& fold) { return fold.at("validation").at("loss").template get<double>(); });
    const auto measured = evaluated(at("fold-run") + "/model.safetensors", songs(), {});
    EXPECT_EQ(measured.at("confusion"), best->at("test").at("confusion"));
}

}  // namespace
}  // namespace melvit::test
