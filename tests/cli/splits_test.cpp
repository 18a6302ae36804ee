// melvit splits from outside, on songs that are made first.

#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <sstream>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

/// Songs of ten genres; made once, with the cache of their features.
class CliSplits : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        home_ = new TempFolder();
        ASSERT_EQ(program()({"synth", "--out", at("songs"), "--per-genre", "5", "--seconds", "3"}).code, 0);
    }
    static void TearDownTestSuite() { delete home_; }

    static Program program() { return Program((*home_ / "home").string()); }
    static std::string at(const std::string& name) { return (*home_ / name).string(); }

    static std::vector<std::string> arguments(const std::string& out, int epochs = 1) {
        return {"splits",
                "--data",
                at("songs"),
                "--body",
                "random:vit_ti_16:1",
                "--out",
                at(out),
                "--recipe",
                "study",
                "--seeds",
                "2",
                "--folds",
                "3",
                "--fractions",
                "0.5",
                "--epochs",
                std::to_string(epochs),
                "--hidden",
                "16",
                "--json"};
    }

    /// A CSV without its column of seconds.
    static std::string without_seconds(const std::string& file) {
        std::istringstream lines(bytes_of(file));
        std::string text;
        for (std::string line; std::getline(lines, line);) {
            std::istringstream cells(line);
            for (int column = 0; std::getline(cells, line, ','); ++column) {
                if (column != 14) text += line + ',';
            }
            text += '\n';
        }
        return text;
    }

    static TempFolder* home_;
};

TempFolder* CliSplits::home_ = nullptr;

TEST_F(CliSplits, WritesTablesAndADocumentEqualForAnyNumberOfThreads) {
    auto one = arguments("one"), two = arguments("two");
    one.insert(one.end(), {"--threads", "1"});
    two.insert(two.end(), {"--threads", "2"});
    const Ran ran = program()(one);
    ASSERT_EQ(ran.code, 0) << ran.err;
    ASSERT_EQ(program()(two).code, 0);
    EXPECT_EQ(ran.json(), nlohmann::ordered_json::parse(bytes_of(at("one/splits.json"))));
    for (const char* key : {"protocols", "tests", "runs", "notes", "figures", "skipped", "seconds"}) {
        EXPECT_TRUE(ran.json().contains(key)) << key;
    }
    EXPECT_EQ(bytes_of(at("one/splits.csv")), bytes_of(at("two/splits.csv")));
    EXPECT_EQ(without_seconds(at("one/splits_runs.csv")), without_seconds(at("two/splits_runs.csv")));
    EXPECT_TRUE(bytes_of(at("one/splits_runs.csv")).starts_with("recipe,protocol,fraction,seed,"));
    EXPECT_NE(ran.err.find("grouped is left out"), std::string::npos) << ran.err;
}

TEST_F(CliSplits, GoesOnWithTheNumbersThatItWasBegunWithOnly) {
    const auto with = [](const std::vector<std::string>& more) {
        auto all = arguments("numbers");
        all.insert(all.end(), more.begin(), more.end());
        return program()(all);
    };
    ASSERT_EQ(with({"--precision", "int8"}).code, 0);
    const Ran other = with({"--resume", "--precision", "fp32"});
    EXPECT_EQ(other.code, 1);
    for (const char* part : {"begun with int8 on ", "now it is fp32 on ", "--precision int8"})
        EXPECT_NE(other.err.find(part), std::string::npos) << other.err;
    const Ran same = with({"--resume"});
    EXPECT_EQ(same.code, 0) << same.err;
    EXPECT_NE(same.err.find("precision int8: "), std::string::npos) << same.err;
}

TEST_F(CliSplits, AfterAKillResumeGivesWhatAnUndisturbedStudyGives) {
    write_quickly(at("again.json"), R"({"name": "again", "training": {"lr": 0.004}})");
    const auto study = [](const std::string& out, const std::vector<std::string>& more = {}) {
        auto all = arguments(out, 300);
        all.insert(all.end(), {"--recipe", at("again.json"), "--threads", "2"});
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    const std::string log = at("killed/runs.jsonl");
    EXPECT_EQ(program().signalled_at_line("KILL", log, 3, study("killed")).code, 137);
    const std::string begun = bytes_of(log);
    EXPECT_FALSE(fs::exists(at("killed/splits.json")));
    const Ran refused = program()(study("killed"));
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.err.find("needs to be a new folder, or --resume"), std::string::npos) << refused.err;

    // Half a line, as a kill in the middle of a write leaves it.
    write_quickly(log, begun + begun.substr(0, 40));
    EXPECT_EQ(program().signalled_at_line("KILL", log, 8, study("killed", {"--resume"})).code, 137);
    EXPECT_TRUE(bytes_of(log).starts_with(begun)) << "what ended stays as it was";
    const Ran resumed = program()(study("killed", {"--resume"}));
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_TRUE(bytes_of(log).starts_with(begun));
    const Ran whole = program()(study("undisturbed"));
    ASSERT_EQ(whole.code, 0) << whole.err;
    const auto lines = [](const std::string& file) {
        const std::string text = bytes_of(file);
        return std::ranges::count(text, '\n');
    };
    EXPECT_EQ(lines(log), lines(at("undisturbed/runs.jsonl"))) << "no run ran twice";
    EXPECT_EQ(without_seconds(at("killed/splits_runs.csv")),
              without_seconds(at("undisturbed/splits_runs.csv")));
    for (const char* file : {"splits.csv", "splits_tests.csv", "splits.md", "accuracy-by-split.csv"}) {
        EXPECT_EQ(bytes_of(at(std::string("killed/") + file)),
                  bytes_of(at(std::string("undisturbed/") + file)))
            << file;
    }
    EXPECT_EQ(resumed.json().at("protocols"), whole.json().at("protocols"));
    EXPECT_EQ(resumed.json().at("tests"), whole.json().at("tests"));

    const Ran again = program()(study("killed", {"--resume"}));
    EXPECT_EQ(again.out, resumed.out) << "a study that has ended says its result again";
    const Ran other = program()(study("killed", {"--resume", "--seed", "7"}));
    EXPECT_EQ(other.code, 1);
    EXPECT_NE(other.err.find("config.json: needs the same seed to go on"), std::string::npos) << other.err;
}

TEST_F(CliSplits, AnInterruptKeepsWhatEndedAndSaysHowToGoOn) {
    auto study = arguments("stopped", 1500);
    const Ran stopped = program().signalled_at_line("INT", at("stopped/runs.jsonl"), 2, study);
    EXPECT_EQ(stopped.code, 130) << stopped.err;
    EXPECT_TRUE(stopped.err.ends_with(
        "stopped; what was finished is kept, and the same command with --resume goes on\n"))
        << stopped.err;
    EXPECT_EQ(stopped.out, "");
    for (const auto& entry : fs::directory_iterator(at("stopped"))) {
        const std::string name = entry.path().filename();
        EXPECT_TRUE(name == "config.json" || name == "runs.jsonl" || name == ".lock") << name;
    }
    study.push_back("--resume");
    const Ran resumed = program()(study);
    EXPECT_EQ(resumed.code, 0) << resumed.err;
}

TEST_F(CliSplits, ComparesRecipesAndRefusesOneThatIsNamedTwice) {
    auto both = arguments("both");
    // The same recipe under another name, as a run's config.json holds one.
    write_quickly(at("other.json"), R"({"name": "other", "training": {"lr": 0.004}})");
    both.insert(both.end(), {"--recipe", at("other.json"), "--protocols", "stratified", "--fractions", "1"});
    const Ran ran = program()(both);
    ASSERT_EQ(ran.code, 0) << ran.err;
    ASSERT_EQ(ran.json().at("tests").size(), 1U);
    EXPECT_EQ(ran.json().at("tests")[0].at("second"), "other");
    EXPECT_EQ(ran.json().at("tests")[0].at("pairs"), 2);

    auto twice = arguments("twice");
    twice.insert(twice.end(), {"--recipe", "study"});
    const Ran refused = program()(twice);
    EXPECT_EQ(refused.code, 2);
    EXPECT_EQ(refused.err, "error: --recipe: needs recipes of different names, study is there twice\n");
}

TEST_F(CliSplits, AFolderWithOtherFilesAndAnImpossibleProtocolAreRefused) {
    write_quickly(at("mine/thesis.txt"), "mine");
    const Ran foreign = program()(arguments("mine"));
    EXPECT_EQ(foreign.code, 1);
    EXPECT_NE(foreign.err.find("it holds thesis.txt"), std::string::npos) << foreign.err;
    auto grouped = arguments("grouped");
    grouped.insert(grouped.end(), {"--protocols", "grouped"});
    const Ran ran = program()(grouped);
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("needs the artist of every track"), std::string::npos) << ran.err;
    EXPECT_FALSE(fs::exists(at("grouped/config.json"))) << "nothing is begun";
}

}  // namespace
}  // namespace melvit::test
