// melvit export on a sweep's folder that is written here by hand.

#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSweepJson = R"({"format": 1, "name": "by hand", "method": "grid",
    "metric": {"name": "validation_loss", "goal": "minimize"},
    "parameters": {"lr": {"distribution": "categorical", "values": [0.001, 0.002]}},
    "trials": 2, "epochs": 1, "genres": ["a", "b"], "counts": {"train": 8, "validation": 1, "test": 1},
    "body": {"spec": "b", "name": "b", "sha256": "0"}})";

constexpr const char* kTrialJson =
    R"({"id": 1, "status": "finished", "parameters": {"lr": 0.001}, "best_epoch": 1,
    "score": 1.5, "validation": {"loss": 1.5, "accuracy": 0.5}, "epochs": 1, "started": 1700000000, "seconds": 2})";

constexpr const char* kEpochLine =
    R"({"epoch":1,"train_loss":2,"train_accuracy":0.25,"validation_loss":1.5,"validation_accuracy":0.5,"lr":0.001,)"
    R"("seconds":2,"batch_losses":[2.0],"batch_accuracies":[0.25]})"
    "\n";

/// One of two trials has ended.
class CliExportTest : public ::testing::Test {
protected:
    CliExportTest() {
        write_quickly(at("sweep/sweep.json"), kSweepJson);
        write_quickly(at("sweep/trials/0001/trial.json"), kTrialJson);
        write_quickly(at("sweep/trials/0001/metrics.jsonl"), kEpochLine);
    }

    std::string at(const std::string& name) const { return (home_ / name).string(); }
    Ran melvit(const std::vector<std::string>& arguments) const { return Program(at("home"))(arguments); }

    /// The only entry of a folder.
    static fs::path only(const fs::path& folder) {
        EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1) << folder;
        return fs::directory_iterator(folder)->path();
    }

    /// Names and contents, in a fixed order.
    static std::vector<std::string> everything_in(const fs::path& folder) {
        std::vector<std::string> all;
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            all.push_back(entry.path().string() + "\n" +
                          (entry.is_regular_file() ? bytes_of(entry.path()) : std::string()));
        }
        std::sort(all.begin(), all.end());
        return all;
    }

private:
    TempFolder home_;
};

TEST_F(CliExportTest, HalfASweepIsExportedWithANote) {
    const Ran ran = melvit({"export", "wandb", at("sweep"), "--out", at("out"), "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.json(), nlohmann::ordered_json({{"runs", 1}, {"dir", at("out/wandb")}}));
    EXPECT_NE(ran.err.find("1 of 2 trials"), std::string::npos) << ran.err;
    const fs::path run = only(at("out/wandb"));
    EXPECT_TRUE(run.filename().string().starts_with("offline-run-20231114_221320-")) << run;
    EXPECT_TRUE(fs::is_directory(run / "files"));
}

TEST_F(CliExportTest, ASecondExportLeavesTheSameFiles) {
    for (const char* tracker : {"wandb", "tensorboard"}) {
        const std::vector<std::string> arguments = {"export", tracker, at("sweep"), "--out", at(tracker)};
        ASSERT_EQ(melvit(arguments).code, 0);
        const std::vector<std::string> first = everything_in(at(tracker));
        ASSERT_EQ(melvit(arguments).code, 0);
        EXPECT_EQ(everything_in(at(tracker)), first);
        EXPECT_GE(first.size(), 2U);
    }
}

TEST_F(CliExportTest, EventFilesLieInAFolderOfTheTrialsName) {
    const Ran ran = melvit({"export", "tensorboard", at("sweep"), "--out", at("out"), "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.json().at("dir"), at("out"));
    const fs::path run = only(at("out"));
    EXPECT_TRUE(run.filename().string().starts_with("lr0.001-")) << run;
    EXPECT_TRUE(only(run).filename().string().starts_with("events.out.tfevents.1700000000.")) << run;
}

TEST_F(CliExportTest, WhatIsNoSweepIsASentence) {
    fs::create_directories(at("empty"));
    for (const char* folder : {"empty", "nowhere"}) {
        const Ran ran = melvit({"export", "wandb", at(folder), "--out", at("out")});
        EXPECT_EQ(ran.code, 1);
        EXPECT_TRUE(ran.err.starts_with("error: " + at(folder) + ": needs to be a folder of melvit sweep"))
            << ran.err;
    }
    EXPECT_FALSE(fs::exists(at("out")));
}

TEST_F(CliExportTest, AFullDiskIsASentenceAndLeavesNoPart) {
    auto sweep = nlohmann::ordered_json::parse(kSweepJson);
    sweep["description"] = std::string(20'000, 'x');
    write_quickly(at("sweep/sweep.json"), sweep.dump());
    const std::vector<std::string> arguments = {"export", "wandb", at("sweep"), "--out", at("out")};
    const Ran ran = Program(at("home")).limited_to_kilobytes(4, arguments);
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("cannot be written"), std::string::npos) << ran.err;
    EXPECT_TRUE(fs::is_empty(at("out/wandb")));
}

TEST_F(CliExportTest, AnUnknownTrackerIsWrongUsage) {
    EXPECT_EQ(melvit({"export", "mlflow", at("sweep"), "--out", at("out")}).code, 2);
    EXPECT_EQ(melvit({"export", "wandb", at("sweep")}).code, 2);
    EXPECT_NE(melvit({"export", "--help"}).out.find("Example: melvit export"), std::string::npos);
}

}  // namespace
}  // namespace melvit::test
