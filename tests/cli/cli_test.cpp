// The built program from outside, as a user meets it: what holds for every subcommand, and the subcommands with a test or
// two.

#include "tests/cli/cli_fixture.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

TEST_F(CliTest, VersionIsPrintedOnStdout) {
    const Ran ran = program()({"--version"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(ran.out.starts_with("melvit 0.")) << ran.out;
    EXPECT_EQ(program()({"train", "--version"}).out, ran.out);
}

TEST_F(CliTest, EveryVerbHelpsWithAnExample) {
    for (const char* subcommand : {"fetch", "synth", "spectrogram", "extract", "train", "evaluate",
                                   "classify", "bench", "sweep", "report", "export", "splits"}) {
        const Ran ran = program()({subcommand, "--help"});
        EXPECT_EQ(ran.code, 0) << subcommand;
        EXPECT_NE(ran.out.find(std::string("Example: melvit ") + subcommand), std::string::npos) << ran.out;
        for (const char* flag : {"--json", "--quiet", "--threads", "--seed", "--version"}) {
            EXPECT_NE(ran.out.find(flag), std::string::npos) << subcommand << " lacks " << flag;
        }
    }
}

TEST_F(CliTest, WrongUsageExitsWithTwoAndIsAnError) {
    const std::vector<std::vector<std::string>> lines = {
        {},
        {"sing"},
        {"train"},
        {"synth", "--out", at("x"), "--loud"},
        {"classify", "--model", model(), song(), "--top", "many"},
        {"synth", "--out", at("x"), "--threads", "0"}};
    for (const auto& line : lines) {
        const Ran ran = program()(line);
        EXPECT_EQ(ran.code, 2) << ran.err;
        EXPECT_TRUE(ran.err.starts_with("error: ")) << ran.err;
    }
}

TEST_F(CliTest, ExtractReportsItsRateAndASecondRunComesFromTheCache) {
    const std::vector<std::string> arguments = {"extract",
                                                "--data",
                                                songs(),
                                                "--body",
                                                "random:vit_ti_16:1",
                                                "--recipe",
                                                "study",
                                                "--out",
                                                at("features.safetensors"),
                                                "--json"};
    const Ran ran = program()(arguments);
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.json().at("tracks"), 60);
    EXPECT_EQ(ran.json().at("features"), 192);
    for (const char* key : {"seconds", "images_per_second", "skipped", "notes"})
        EXPECT_TRUE(ran.json().contains(key)) << key;
    EXPECT_EQ(program()(arguments).json().at("cached_tracks"), 60);
}

TEST_F(CliTest, SpectrogramWritesAPictureForEachSongAlsoWhenNamesCollide) {
    const Ran ran = program()({"spectrogram", song(), song(), "--out", at("pictures"), "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    ASSERT_EQ(ran.json().size(), 2U);
    EXPECT_NE(ran.json()[0].at("image"), ran.json()[1].at("image"));
    for (const auto& entry : ran.json()) EXPECT_TRUE(fs::exists(entry.at("image").get<std::string>()));
}

TEST_F(CliTest, BenchReportsSpeedBesideThePeakAndTheCosine) {
    const Ran ran =
        program()({"bench", "--body", "random:vit_ti_16", "--precision", "fp32", "--batch", "4", "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    for (const char* key : {"precision", "batch", "images_per_second", "gflops", "peak_gflops",
                            "share_of_peak", "cosine_to_fp32"}) {
        EXPECT_TRUE(ran.json().contains(key)) << key;
    }
    EXPECT_GT(ran.json().at("cosine_to_fp32").get<double>(), 0.9999);
}

TEST_F(CliTest, FetchListsWhatItKnows) {
    const Ran ran = program()({"fetch", "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.json().at(0).at("name"), "vit_b_16");
    EXPECT_EQ(program()({"fetch", "no_such_body"}).code, 2);
    std::istringstream lines(program()({"fetch"}).out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 60U) << line;
}

}  // namespace
}  // namespace melvit::test
