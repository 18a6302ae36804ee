// melvit train from outside.

#include "melvit/core/file_lock.h"

#include "tests/cli/cli_fixture.h"
#include "tests/support/errors.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

TEST_F(CliTest, AFinishedRunIsReplacedOnlyWhenAsked) {
    const std::string out = at("twice");
    ASSERT_EQ(program()(train_arguments(out)).code, 0);
    const std::string before = bytes_of(out + "/result.json");
    const Ran refused = program()(train_arguments(out));
    EXPECT_EQ(refused.code, 1);
    EXPECT_TRUE(holds(refused.err,
                      "needs to be a new folder, or --overwrite to replace the run in it, a finished "
                      "run is there"))
        << refused.err;
    EXPECT_EQ(bytes_of(out + "/result.json"), before);
    std::vector<std::string> again = train_arguments(out);
    again.emplace_back("--overwrite");
    EXPECT_EQ(program()(again).code, 0);
    std::filesystem::remove(out + "/result.json");
    EXPECT_EQ(program()(train_arguments(out)).code, 0);  // a run without a result did not finish
}

TEST_F(CliTest, TwoRunsIntoOneFolderDoNotMix) {
    std::filesystem::create_directories(at("locked"));
    const FolderLock other(at("locked"));
    for (const std::vector<std::string>& arguments :
         {train_arguments(at("locked")),
          std::vector<std::string>{"synth", "--out", at("locked"), "--per-genre", "1"},
          std::vector<std::string>{"spectrogram", song(), "--out", at("locked")}}) {
        const Ran ran = program()(arguments);
        EXPECT_EQ(ran.code, 1) << arguments.front();
        EXPECT_TRUE(holds(ran.err, "needs one program that writes there at a time, another one is at work"))
            << ran.err;
    }
    EXPECT_EQ(names_in(at("locked")), std::vector<std::string>{".lock"});
}

TEST_F(CliTest, TrainWritesARunWhoseResultHasEveryKeyOfTheContract) {
    ASSERT_EQ(trained_.code, 0) << trained_.err;
    const auto result = trained_.json();
    EXPECT_EQ(result, nlohmann::ordered_json::parse(bytes_of(run_folder() + "/result.json")));
    EXPECT_GE(result.at("best_epoch").get<int>(), 1);
    EXPECT_TRUE(result.at("validation").contains("loss") && result.at("validation").contains("accuracy"));
    const auto& test = result.at("test");
    for (const char* key : {"loss", "accuracy", "macro_f1", "interval95", "confusion"}) {
        EXPECT_TRUE(test.contains(key)) << key;
    }
    EXPECT_EQ(test.at("confusion").size(), 10U);
    const auto& counts = result.at("counts");
    EXPECT_EQ(
        counts.at("train").get<int>() + counts.at("validation").get<int>() + counts.at("test").get<int>(),
        60);
    EXPECT_GT(result.at("seconds").get<double>(), 0.0);
    EXPECT_TRUE(result.at("skipped").empty());
    const std::string log = bytes_of(run_folder() + "/metrics.jsonl");
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 3);
    EXPECT_TRUE(nlohmann::json::parse(bytes_of(run_folder() + "/config.json")).contains("recipe"));
}

TEST_F(CliTest, TheSameSeedGivesTheSameModelForAnyNumberOfThreads) {
    std::vector<std::string> models;
    for (const char* threads : {"1", "3"}) {
        auto arguments = train_arguments(at(std::string("threads") + threads));
        arguments.insert(arguments.end(), {"--threads", threads});
        ASSERT_EQ(Program(at(std::string("home") + threads))(arguments).code, 0);
        // Facts of the run (time, threads) stand in the header; the tensors must be equal.
        const std::string bytes = bytes_of(at(std::string("threads") + threads) + "/model.safetensors");
        std::uint64_t header = 0;
        std::memcpy(&header, bytes.data(), sizeof header);
        models.push_back(bytes.substr(8 + header));
    }
    EXPECT_FALSE(models[0].empty());
    EXPECT_TRUE(models[0] == models[1]);
}

TEST_F(CliTest, KfoldAddsFoldsWithTheirMeanAndDeviation) {
    auto arguments = train_arguments(at("kfold"));
    arguments[8] = "kfold:3:1";
    const Ran ran = program()(arguments);
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.json().at("folds").size(), 3U);
    EXPECT_TRUE(ran.json().at("mean").contains("accuracy"));
    EXPECT_TRUE(ran.json().at("sd").contains("accuracy"));
}

TEST_F(CliTest, TrainSkipsBrokenFilesListsThemAndExitsWithThree) {
    const fs::path data = at("partly");
    fs::copy(songs(), data, fs::copy_options::recursive);
    write_quickly(data / "jazz" / "empty.wav", "");
    write_quickly(data / "jazz" / "._jazz.00000.wav", "macOS");
    fs::create_directories(data / "opera");
    const Ran ran = program()(train_arguments(at("partly-run"), data.string()));
    EXPECT_EQ(ran.code, 3) << ran.err;
    EXPECT_EQ(ran.json().at("skipped").size(), 2U) << ran.out;
    EXPECT_TRUE(fs::exists(at("partly-run") + "/model.safetensors"));
}

TEST_F(CliTest, ASettingThatCannotWorkLeavesAnEarlierRunAsItWas) {
    const std::string run = at("kept-run");
    fs::copy(run_folder(), run, fs::copy_options::recursive);
    auto arguments = train_arguments(run);
    arguments[8] = "kfold:5000:0";
    EXPECT_EQ(program()(arguments).code, 1);
    arguments = train_arguments(run);
    arguments.insert(arguments.end(), {"--batch", "0"});
    const Ran ran = program()(arguments);
    EXPECT_EQ(ran.code, 2);
    EXPECT_EQ(ran.err.find("tracks"), std::string::npos) << "it is said before the features: " << ran.err;
    for (const char* file : {"/model.safetensors", "/result.json", "/metrics.jsonl"}) {
        EXPECT_EQ(bytes_of(run + file), bytes_of(run_folder() + file)) << file;
    }
}

TEST_F(CliTest, NotesOfFeaturesAndSplitStandInTheResultAndOnStderr) {
    write_quickly(at("no-cache") + "/cache", "a file where a folder is needed");
    std::string list = "file,split\n";
    for (const auto& entry : fs::recursive_directory_iterator(songs())) {
        if (entry.path().filename() == "jazz.00000.wav") continue;
        const std::string name = entry.path().filename();
        const char* side = name.find("00001") != std::string::npos   ? "validation"
                           : name.find("00002") != std::string::npos ? "test"
                                                                     : "train";
        if (entry.is_regular_file()) list += entry.path().string() + "," + side + "\n";
    }
    write_quickly(at("lists") + "/split.csv", list);
    auto arguments = train_arguments(at("noted-run"));
    arguments[8] = at("lists") + "/split.csv";
    const Ran ran = Program(at("no-cache"))(arguments);
    ASSERT_EQ(ran.code, 0) << ran.err;
    const auto notes = ran.json().at("notes");
    ASSERT_EQ(notes.size(), 2U) << ran.out;
    for (const auto& note : notes)
        EXPECT_NE(ran.err.find(note.get<std::string>()), std::string::npos) << note;
    EXPECT_NE(ran.err.find("not kept for the next time"), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("1 of 60 tracks are in no subset"), std::string::npos) << ran.err;
}

TEST_F(CliTest, DataThatCannotBeLearntFromIsOneSentence) {
    write_quickly(fs::path(at("mixed")) / "a" / "1.wav", "x");
    write_quickly(fs::path(at("mixed")) / "b" / "1.png", "x");
    fs::create_directories(at("single"));
    fs::copy(songs() + "/jazz", at("single") + "/jazz");
    fs::create_directories(at("nothing"));
    for (const char* data : {"mixed", "single", "nothing", "absent"}) {
        const Ran ran = program()(train_arguments(at("never"), at(data)));
        EXPECT_EQ(ran.code, 1) << data << ran.err;
        EXPECT_TRUE(ran.err.starts_with("error: ")) << ran.err;
        EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
        EXPECT_TRUE(ran.out.empty());
        EXPECT_FALSE(fs::exists(at("never") + "/result.json"));
    }
}

/// What the demo shows, with fewer and shorter songs.
TEST_F(CliTest, TheBestRecipeNamesTheGenresOfSongsThatNobodyTrainedOn) {
    ASSERT_EQ(program()({"synth", "--out", at("learnt"), "--per-genre", "14", "--seconds", "6"}).code, 0);
    ASSERT_EQ(
        program()({"synth", "--out", at("unseen"), "--per-genre", "3", "--seconds", "6", "--seed", "2"}).code,
        0);
    const Ran trained = program()({"train", "--data", at("learnt"), "--body", "random:vit_ti_16:1", "--split",
                                   "stratified:1", "--out", at("best-run")});
    ASSERT_EQ(trained.code, 0) << trained.err;
    const auto measured = evaluated(at("best-run") + "/model.safetensors", at("unseen"), {});
    EXPECT_EQ(measured.at("tracks"), 30);
    EXPECT_GT(measured.at("accuracy").get<double>(), 0.8) << measured;
}

TEST_F(CliTest, AMissingBodyNamesHowToGetIt) {
    auto arguments = train_arguments(at("never"));
    arguments[4] = "vit_b_16";
    const Ran ran = program()(arguments);
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("melvit fetch vit_b_16"), std::string::npos) << ran.err;
}

TEST_F(CliTest, AFullDiskIsAnErrorAndLeavesNothingHalfWritten) {
    // A limit on the size of files stands in for the full disk.
    const std::string out = at("full.safetensors");
    const Ran ran = program().limited_to_kilobytes(
        16,
        {"extract", "--data", songs(), "--body", "random:vit_ti_16:1", "--recipe", "study", "--out", out});
    EXPECT_EQ(ran.code, 1) << ran.err;
    EXPECT_NE(ran.err.find("full.safetensors"), std::string::npos) << ran.err;
    EXPECT_FALSE(fs::exists(out));
}

TEST_F(CliTest, AnInterruptEndsWithoutAHalfWrittenRun) {
    const std::string out = at("interrupted");
    auto arguments = train_arguments(out);
    arguments[4] = "random:vit_ti_16:77";  // not in the cache, so it has work for a while
    const Ran ran = program().interrupted_after_seconds(0.5, arguments);
    EXPECT_EQ(ran.code, 130) << ran.err;
    EXPECT_FALSE(fs::exists(out + "/result.json"));
    EXPECT_FALSE(fs::exists(out + "/model.safetensors"));
    EXPECT_EQ(program()(arguments).code, 0);
}

TEST_F(CliTest, AFolderWithOtherFilesIsNotOverwritten) {
    write_quickly(fs::path(at("precious")) / "thesis.txt", "years of work");
    EXPECT_EQ(program()(train_arguments(at("precious"))).code, 1);
    EXPECT_EQ(bytes_of(at("precious") + "/thesis.txt"), "years of work");
}

}  // namespace
}  // namespace melvit::test
