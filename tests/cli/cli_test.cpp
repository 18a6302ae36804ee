// The built program from outside, as a user meets it.

#include "melvit/vit/body.h"

#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

/// Songs, features and a trained model that the tests below share; made once.
class CliTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        home_ = new TempFolder();
        ASSERT_EQ(program()({"synth", "--out", songs(), "--per-genre", "6", "--seconds", "6"}).code, 0);
        trained_ = program()(train_arguments(run_folder()));
    }
    static void TearDownTestSuite() { delete home_; }

    static Program program() { return Program((*home_ / "home").string()); }
    static std::string at(const std::string& name) { return (*home_ / name).string(); }
    static std::string songs() { return at("songs"); }
    static std::string run_folder() { return at("run"); }
    static std::string model() { return run_folder() + "/model.safetensors"; }
    static std::string song() { return songs() + "/metal/metal.00000.wav"; }

    static std::vector<std::string> train_arguments(const std::string& out,
                                                    const std::string& data = songs()) {
        return {"train",   "--data",       data,       "--body", "random:vit_ti_16:1", "--out", out,
                "--split", "stratified:1", "--recipe", "study",  "--hidden",           "64",    "--epochs",
                "3",       "--json"};
    }

    static TempFolder* home_;
    static Ran trained_;
};

TempFolder* CliTest::home_ = nullptr;
Ran CliTest::trained_;

TEST_F(CliTest, VersionIsPrintedOnStdout) {
    const Ran ran = program()({"--version"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(ran.out.starts_with("melvit 0.")) << ran.out;
    EXPECT_EQ(program()({"train", "--version"}).out, ran.out);
}

TEST_F(CliTest, EveryVerbHelpsWithAnExample) {
    for (const char* verb : {"fetch", "synth", "spectrogram", "extract", "train", "evaluate", "classify",
                             "bench", "sweep", "report", "export", "splits"}) {
        const Ran ran = program()({verb, "--help"});
        EXPECT_EQ(ran.code, 0) << verb;
        EXPECT_NE(ran.out.find(std::string("Example: melvit ") + verb), std::string::npos) << ran.out;
        for (const char* flag : {"--json", "--quiet", "--threads", "--seed", "--version"}) {
            EXPECT_NE(ran.out.find(flag), std::string::npos) << verb << " lacks " << flag;
        }
    }
}

TEST_F(CliTest, WrongUsageExitsWithTwo) {
    EXPECT_EQ(program()({}).code, 2);
    EXPECT_EQ(program()({"sing"}).code, 2);
    EXPECT_EQ(program()({"train"}).code, 2);
    EXPECT_EQ(program()({"synth", "--out", at("x"), "--loud"}).code, 2);
    EXPECT_EQ(program()({"classify", "--model", model(), song(), "--top", "many"}).code, 2);
    EXPECT_EQ(program()({"synth", "--out", at("x"), "--threads", "0"}).code, 2);
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

TEST_F(CliTest, ClassifyAnswersWithTheKeysOfTheContract) {
    const Ran ran = program()({"classify", "--model", model(), song(), "--segments", "2", "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    const auto answer = ran.json().at(0);
    EXPECT_EQ(answer.at("file"), song());
    double sum = 0;
    for (const auto& [genre, p] : answer.at("probabilities").items()) sum += p.get<double>();
    EXPECT_NEAR(sum, 1.0, 1e-6);
    EXPECT_NEAR(answer.at("duration_seconds").get<double>(), 6.0, 0.01);
    ASSERT_EQ(answer.at("segments").size(), 3U);
    EXPECT_EQ(answer.at("segments")[1].at("start"), 2.0);
    EXPECT_EQ(answer.at("segments")[1].at("end"), 4.0);
    EXPECT_TRUE(answer.at("segments")[1].contains("genre"));
    EXPECT_TRUE(answer.at("segments")[1].contains("probability"));
}

TEST_F(CliTest, ClassifyGoesOnPastBrokenFilesAndListsThem) {
    const fs::path folder = at("broken");
    write_quickly(folder / "empty.mp3", "");
    write_quickly(folder / "one.mp3", "x");
    write_quickly(folder / "text.mp3", "This is no music at all, only words that go on for a while.");
    write_quickly(folder / "short.wav", bytes_of(song()).substr(0, 60));
    write_quickly(folder / "text.png", "not a picture");
    fs::create_directories(folder / "hollow");
    fs::create_symlink("nowhere", folder / "link.wav");
    ::mkfifo((folder / "pipe.wav").c_str(), 0600);
    fs::copy_file(song(), folder / "fine.wav");
    const Ran ran = program()({"classify", "--model", model(), folder.string(), (folder / "hollow").string(),
                               (folder / "missing.mp3").string(), "--json"});
    EXPECT_EQ(ran.code, 3);
    std::size_t good = 0;
    std::size_t bad = 0;
    for (const auto& answer : ran.json()) {
        answer.contains("error") ? ++bad : ++good;
        EXPECT_NE(answer.value("error", "none"), "");
    }
    EXPECT_EQ(good, 1U);
    EXPECT_EQ(bad, 9U);
    EXPECT_NE(ran.err.find("skipped 9"), std::string::npos) << ran.err;
}

TEST_F(CliTest, ClassifyReadsAListOnStdinAndWritesCsv) {
    const Ran ran =
        program()({"classify", "--model", model(), "-", "--csv"}, song() + "\r\n" + song() + "\n");
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(ran.out.starts_with("file,genre,duration_seconds,blues,")) << ran.out;
    EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 3);
    EXPECT_EQ(program()({"classify", "--model", model(), "-"}, "").code, 1);
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
    EXPECT_EQ(ran.code, 1);
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
    EXPECT_NE(ran.err.find("1 of 60 tracks are on no side"), std::string::npos) << ran.err;
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

/// The answer of evaluate on the songs, with more arguments.
nlohmann::ordered_json evaluated(const Program& program, const std::string& model, const std::string& data,
                                 const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"evaluate", "--model", model, "--data", data, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = program(arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ran.json();
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
    const auto measured = evaluated(program(), at("best-run") + "/model.safetensors", at("unseen"), {});
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

TEST_F(CliTest, AnEmbeddedBodyMakesTheModelSelfContained) {
    const std::string body = at("body.safetensors");
    write_body(body, load_body("random:vit_ti_16:1"));
    auto arguments = train_arguments(at("embedded"));
    arguments[4] = body;
    arguments.push_back("--embed-body");
    ASSERT_EQ(program()(arguments).code, 0);
    arguments = train_arguments(at("leaning"));
    arguments[4] = body;
    ASSERT_EQ(program()(arguments).code, 0);
    fs::remove(body);
    const std::string embedded = at("embedded") + "/model.safetensors";
    const std::string leaning = at("leaning") + "/model.safetensors";
    EXPECT_GT(fs::file_size(embedded), fs::file_size(leaning) + (20U << 20U));
    const Ran with = program()({"classify", "--model", embedded, song(), "--json"});
    const Ran without = program()({"classify", "--model", leaning, song(), "--json"});
    EXPECT_EQ(with.code, 0) << with.err;
    EXPECT_EQ(without.code, 1);
    EXPECT_NE(without.err.find("train with --embed-body"), std::string::npos) << without.err;
    // The same weights by their rule.
    EXPECT_EQ(with.out, program()({"classify", "--model", model(), song(), "--json"}).out);
}

TEST_F(CliTest, AnotherBodyThanTrainingsIsRefused) {
    const Ran ran = program()({"classify", "--model", model(), "--body", "random:vit_ti_16:2", song()});
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("SHA-256"), std::string::npos) << ran.err;
}

TEST_F(CliTest, ABrokenModelIsOneSentence) {
    const std::string bytes = bytes_of(model());
    write_quickly(at("cut.safetensors"), bytes.substr(0, bytes.size() / 2));
    write_quickly(at("text.safetensors"), "hello");
    for (const char* name : {"cut.safetensors", "text.safetensors", "absent.safetensors"}) {
        const Ran ran = program()({"classify", "--model", at(name), song()});
        EXPECT_EQ(ran.code, 1) << name;
        EXPECT_TRUE(ran.err.starts_with("error: ")) << ran.err;
    }
}

TEST_F(CliTest, EvaluateMeasuresTheModelOnTheSideItDidNotSee) {
    const auto measured = evaluated(program(), model(), songs(), {});
    for (const char* figure : {"accuracy", "loss", "confusion"}) {
        EXPECT_EQ(measured.at(figure), trained_.json().at("test").at(figure)) << figure;
    }
    EXPECT_EQ(measured.at("tracks"), 6);
    EXPECT_EQ(measured.at("split"), "stratified:1");
    ASSERT_EQ(measured.at("notes").size(), 1U);
    EXPECT_EQ(measured.at("notes")[0], "measured on the test side of the model's split, stratified:1");
    EXPECT_TRUE(measured.contains("calibration_error"));
    EXPECT_TRUE(measured.at("genres").at("metal").contains("precision"));
    EXPECT_TRUE(measured.at("genres").at("metal").contains("recall"));

    const auto validation = evaluated(program(), model(), songs(), {"--part", "validation"});
    EXPECT_EQ(validation.at("accuracy"), trained_.json().at("validation").at("accuracy"));
    EXPECT_EQ(validation.at("loss"), trained_.json().at("validation").at("loss"));
}

TEST_F(CliTest, EvaluateFindsTheModelsSplitWhereverTheSongsLieNow) {
    fs::copy(songs(), at("moved"), fs::copy_options::recursive);
    EXPECT_EQ(evaluated(program(), model(), at("moved"), {}).at("confusion"),
              trained_.json().at("test").at("confusion"));
}

TEST_F(CliTest, EvaluateMeasuresAllOfOtherDataAndSaysSo) {
    fs::copy(songs(), at("more"), fs::copy_options::recursive);
    fs::copy_file(song(), at("more") + "/metal/another.wav");
    const auto measured = evaluated(program(), model(), at("more"), {});
    EXPECT_EQ(measured.at("tracks"), 61);
    EXPECT_NE(measured.at("notes").dump().find("training tracks may be among these"), std::string::npos);
    const Ran ran =
        program()({"evaluate", "--model", model(), "--data", at("more"), "--part", "test", "--json"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("--part: needs --split"), std::string::npos) << ran.err;
}

TEST_F(CliTest, EvaluateSaysWhenASplitMayHoldTrainingTracks) {
    const auto same = evaluated(program(), model(), songs(), {"--split", "stratified:1"});
    EXPECT_TRUE(same.at("notes").empty()) << same.at("notes");
    EXPECT_EQ(same.at("confusion"), trained_.json().at("test").at("confusion"));
    const auto other = evaluated(program(), model(), songs(), {"--split", "random:0"});
    EXPECT_NE(other.at("notes").dump().find("another split, stratified:1"), std::string::npos);
    const auto part = evaluated(program(), model(), songs(), {"--part", "train", "--split", "random:1"});
    EXPECT_EQ(part.at("tracks"), 48);
    EXPECT_EQ(evaluated(program(), model(), songs(), {"--part", "all"}).at("tracks"), 60);
    EXPECT_EQ(program()({"evaluate", "--model", model(), "--data", songs(), "--split", "kfold:5:0"}).code, 1);
}

TEST_F(CliTest, EvaluateMeasuresTheFoldThatBecameTheModel) {
    auto arguments = train_arguments(at("fold-run"));
    arguments[8] = "kfold:3:2";
    const Ran ran = program()(arguments);
    ASSERT_EQ(ran.code, 0) << ran.err;
    const auto folds = ran.json().at("folds");
    const auto best = std::ranges::min_element(
        folds, {}, [](const auto& fold) { return fold.at("validation").at("loss").template get<double>(); });
    const auto measured = evaluated(program(), at("fold-run") + "/model.safetensors", songs(), {});
    EXPECT_EQ(measured.at("confusion"), best->at("test").at("confusion"));
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

TEST_F(CliTest, BenchReportsSpeedBesideThePeakAndTheCosine) {
    const Ran ran = program()({"bench", "--body", "random:vit_ti_16", "--batch", "4", "--json"});
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
    EXPECT_EQ(program()({"fetch", "no_such_body"}).code, 1);
}

}  // namespace
}  // namespace melvit::test
