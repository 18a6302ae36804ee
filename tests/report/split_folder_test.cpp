#include "melvit/report/split_folder.h"

#include "tests/report/sample_study.h"
#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json sample_config() {
    return {{"format", kSplitsFormat}, {"seeds", 5}, {"body", {{"sha256", "ab"}}}, {"data", "songs"}};
}

class SplitFolderTest : public testing::Test {
protected:
    fs::path at(const std::string& name) const { return temp_ / "out" / name; }

    /// A study of which these runs have ended.
    void begin_with(const std::vector<StudyRun>& runs) const {
        SplitFolder folder(at(""), false);
        folder.start(sample_config());
        for (const StudyRun& run : runs) folder.log_run(run);
    }

    /// The runs that need not run again.
    std::vector<StudyRun> ended() const { return SplitFolder(at(""), true).start(sample_config()); }

    std::string refusal(const Json& config) const {
        return test::error_of([&] { SplitFolder(at(""), true).start(config); });
    }

    test::TempFolder temp_;
    const std::vector<StudyRun> runs_ = test::runs_of("study", 0.0).runs;
};

TEST_F(SplitFolderTest, HoldsTablesFiguresAndPageAndTheResult) {
    SplitFolder folder(at(""), false);
    EXPECT_TRUE(folder.start(sample_config()).empty());
    const SplitStudy study = test::sample_study();
    for (const StudyRun& run : runs_) folder.log_run(run);
    const auto result = folder.finish(study, {{"skipped", Json::array()}});
    EXPECT_EQ(Json::parse(test::bytes_of(at("splits.json"))), result);
    EXPECT_TRUE(result.contains("skipped"));
    EXPECT_EQ(test::bytes_of(at("splits.csv")), split_summary_csv(study));
    EXPECT_EQ(std::ranges::count(test::bytes_of(at("runs.jsonl")), '\n'), 6);
    const std::string page = test::bytes_of(at("splits.md"));
    EXPECT_TRUE(test::holds(page, "| study | random | 2 | 80 | 10 | 4 | 0.375 | 0.177 |"));
    EXPECT_TRUE(test::holds(page, "best, \"ours\""));
    for (const auto& figure : result.at("figures")) {
        const std::string svg = test::bytes_of(at(figure.get<std::string>() + ".svg"));
        EXPECT_TRUE(test::holds(svg, "</svg>"));
        EXPECT_TRUE(test::holds(svg, "random"));
        EXPECT_TRUE(test::holds(page, figure.get<std::string>() + ".svg"));
    }
    const bool drawn = result.at("figures").size() == 2;
    const bool said = page.find("no figures: gnuplot") != std::string::npos;
    EXPECT_NE(drawn, said) << "figures, or a note where gnuplot is missing";
}

TEST_F(SplitFolderTest, RunsThatEndedComeBackBitByBit) {
    StudyRun run = runs_[0];
    run.test_loss = 0.1 + 0.2;
    run.validation_loss = 1.0 / 3;
    run.right = {true, false, false, true};
    run.started = 1.7e9;
    run.seed = 1ULL << 63U;
    begin_with({run});
    const std::vector<StudyRun> back = ended();
    ASSERT_EQ(back.size(), 1U);
    EXPECT_EQ(back[0].protocol, "random");
    EXPECT_EQ(back[0].fraction, 0.5);
    EXPECT_EQ(back[0].seed, run.seed);
    EXPECT_EQ(back[0].best_epoch, 3);
    EXPECT_EQ(back[0].test_loss, run.test_loss);
    EXPECT_EQ(back[0].validation_loss, run.validation_loss);
    EXPECT_EQ(back[0].test_macro_f1, run.test_macro_f1);
    EXPECT_EQ(back[0].right, run.right);
    EXPECT_EQ(back[0].started, run.started);
    EXPECT_EQ(back[0].seconds, run.seconds);
}

TEST_F(SplitFolderTest, RunsThatFailedOrCannotBeReadRunAgain) {
    std::vector<StudyRun> runs = runs_;
    runs[1].error = "training: needs a finite loss, epoch 1 gave nan";
    begin_with(runs);
    const std::string log = test::bytes_of(at("runs.jsonl"));
    const std::size_t second = log.find('\n') + 1;
    test::write_quickly(at("runs.jsonl"), "{}\n\x01\x02\nnull\n" + log + log.substr(0, second - 20));
    EXPECT_EQ(ended().size(), 5U);
    SplitFolder folder(at(""), true);
    folder.start(sample_config());
    folder.log_run(runs_[1]);
    EXPECT_EQ(std::ranges::count(test::bytes_of(at("runs.jsonl")), '\n'), 6) << "on a line of its own";
}

TEST_F(SplitFolderTest, AStudyThatHasEndedSaysItsResultAgainUntilARunEnds) {
    const SplitStudy study = test::sample_study();
    Json first;
    {
        SplitFolder folder(at(""), false);
        folder.start(sample_config());
        first = folder.finish(study, {{"extract_seconds", 1}});
    }
    test::write_quickly(at(".splits.csv.0123456789abcdef.melvit-part"), "half");
    SplitFolder folder(at(""), true);
    folder.start(sample_config());
    EXPECT_EQ(folder.finish(study, {{"extract_seconds", 2}}), first);
    EXPECT_FALSE(fs::exists(at(".splits.csv.0123456789abcdef.melvit-part")));
    folder.log_run(runs_[0]);
    for (const char* name : {"splits.json", "splits.csv", "learning-curves.svg"}) {
        EXPECT_FALSE(fs::exists(at(name))) << name;
    }
    EXPECT_EQ(folder.finish(study, {{"extract_seconds", 2}}).at("extract_seconds"), 2);
}

TEST_F(SplitFolderTest, SecondsCountRunsAtTheSameTimeOnceAndPausesNot) {
    RecipeRuns runs = test::runs_of("study", 0.0);
    for (StudyRun& run : runs.runs) run.started = 1000, run.seconds = 2;
    runs.runs.back().started = 5000;
    SplitFolder folder(at(""), false);
    folder.start(sample_config());
    EXPECT_EQ(folder.finish(study_of({runs}, {}), Json::object()).at("seconds"), 4);
}

TEST_F(SplitFolderTest, AStudyThatHasBegunNeedsResumeAndForeignFilesAreRefused) {
    begin_with({});
    EXPECT_EQ(test::error_of([&] { SplitFolder(at(""), false); }),
              at("").string() +
                  ": needs to be a new folder, or --resume to go on with the study in it, a study has begun "
                  "there");
    test::write_quickly(at("model.safetensors"), "mine");
    EXPECT_TRUE(test::holds(test::error_of([&] { SplitFolder(at(""), true); }),
                            "needs to be a new folder or one of a study of splits, it holds "
                            "model.safetensors"));
}

TEST_F(SplitFolderTest, AnotherStudyIsRefusedWithWhatDiffers) {
    begin_with({});
    Json other = sample_config();
    other["data"] = "moved";
    EXPECT_NO_THROW(SplitFolder(at(""), true).start(other));
    other["seeds"] = 6;
    EXPECT_EQ(refusal(other),
              at("config.json").string() + ": needs the same seeds to go on, another study is there, with 5");
    other = sample_config();
    other["runs_sha256"] = {{"study", "cd"}};
    EXPECT_TRUE(test::holds(refusal(other), "needs the same runs_sha256 to go on"));
    other = sample_config();
    other["body"]["sha256"] = "cd";
    EXPECT_TRUE(test::holds(refusal(other), "needs the same body to go on"));
    for (const char* text : {R"({"seeds": 5})", "[]", R"({"format": "1"})"}) {
        test::write_quickly(at("config.json"), text);
        EXPECT_TRUE(test::holds(refusal(sample_config()), "config.json: needs format 1")) << text;
    }
    test::write_quickly(at("config.json"), R"({"format": 1, "seeds": 5, "body": 3})");
    EXPECT_TRUE(test::holds(refusal(sample_config()), "needs the same body to go on"));
}

TEST_F(SplitFolderTest, IsOneProcessAtATime) {
    begin_with({});
    const SplitFolder folder(at(""), true);
    EXPECT_EQ(test::error_of([&] { SplitFolder(at(""), true); }),
              at("").string() + ": needs one program that writes there at a time, another one is at work");
}

}  // namespace
}  // namespace melvit
