// melvit sweep from outside: a small sweep over songs by rule, its files, and every way in which it may go
// wrong.

#include "tests/support/errors.h"
#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSmall = R"(
name: small
method: grid
metric: {name: validation_loss, goal: minimize}
parameters:
  recipe: {value: study}
  hidden: {value: 16}
  epochs: {value: 3}
  lr: {values: [0.001, 1e-2]}
  weight_decay: {values: [0.0, 0.1, 0.2]}
)";

class SweepCliTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        home_ = new TempFolder();
        ASSERT_EQ(program()({"synth", "--out", at("songs"), "--per-genre", "4", "--seconds", "4"}).code, 0);
        swept_ = program()(sweep_arguments(yaml("small.yaml", kSmall), at("sweep"), {"--json"}));
    }
    static void TearDownTestSuite() { delete home_; }

    static Program program() { return Program((*home_ / "home").string()); }
    static std::string at(const std::string& name) { return (*home_ / name).string(); }

    static std::string yaml(const std::string& name, const std::string& text) {
        write_quickly(at(name), text);
        return at(name);
    }

    static std::vector<std::string> sweep_arguments(const std::string& file, const std::string& out,
                                                    const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments = {
            "sweep", file, "--data",  at("songs"),   "--body", "random:vit_ti_16:1",
            "--out", out,  "--split", "stratified:1"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }

    static TempFolder* home_;
    static Ran swept_;
};

TempFolder* SweepCliTest::home_ = nullptr;
Ran SweepCliTest::swept_;

TEST_F(SweepCliTest, PrintsAndWritesWhatTheContractNames) {
    ASSERT_EQ(swept_.code, 0) << swept_.err;
    const auto result = swept_.json();
    EXPECT_EQ(result, nlohmann::ordered_json::parse(bytes_of(at("sweep/result.json"))));
    EXPECT_EQ(result.at("trials"), 6);
    for (const char* key : {"id", "parameters", "validation", "test"}) {
        EXPECT_TRUE(result.at("best").contains(key)) << key;
    }
    EXPECT_GT(result.at("seconds").get<double>(), 0.0);
    EXPECT_GT(result.at("extract_seconds").get<double>(), 0.0);
    const std::string log = bytes_of(at("sweep/trials/6/metrics.jsonl"));
    EXPECT_EQ(std::ranges::count(log, '\n'), 3);
    EXPECT_TRUE(bytes_of(at("sweep/Train_Validation.txt")).starts_with("LR:0.001,Weight_Decay:0.0\t["));
    EXPECT_TRUE(bytes_of(at("sweep/Test.txt")).starts_with("LR:"));
    const std::string table = bytes_of(at("sweep/trials.csv"));
    EXPECT_EQ(std::ranges::count(table, '\n'), 7);
}

TEST_F(SweepCliTest, TheBestModelClassifies) {
    const Ran ran = program()({"classify", "--model", at("sweep/best/model.safetensors"),
                               at("songs/metal/metal.00000.wav"), "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.json().at(0).at("probabilities").size(), 10U);
}

TEST_F(SweepCliTest, TheBestModelIsEvaluatedOnTheTestTracksOfItsSweep) {
    const Ran ran = program()(
        {"evaluate", "--model", at("sweep/best/model.safetensors"), "--data", at("songs"), "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    const auto test = swept_.json().at("best").at("test");
    EXPECT_EQ(ran.json().at("accuracy"), test.at("accuracy"));
    EXPECT_EQ(ran.json().at("confusion"), test.at("confusion"));
    EXPECT_EQ(ran.json().at("split"), "stratified:1");
}

TEST_F(SweepCliTest, ResumeOfAFinishedSweepSaysItsResultAgain) {
    const Ran ran = program()(sweep_arguments(at("small.yaml"), at("sweep"), {"--json", "--resume"}));
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.json(), swept_.json());
}

TEST_F(SweepCliTest, AFolderThatHoldsAnotherSweepIsRefusedBeforeFeaturesAreMade) {
    const std::string other = yaml("other.yaml", "method: grid\nparameters:\n  lr: {values: [0.5, 0.25]}\n");
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
        {sweep_arguments(at("small.yaml"), at("sweep")), "a sweep has begun there"},
        {sweep_arguments(other, at("sweep"), {"--resume"}), "needs the same parameters to go on"},
        {sweep_arguments(at("small.yaml"), at("sweep"), {"--resume", "--seed", "9"}),
         "needs the same seed to go on"}};
    for (const auto& [arguments, part] : cases) {
        const Ran ran = Program(at("new-home"))(arguments);  // its cache is empty
        EXPECT_EQ(ran.code, 1) << ran.err;
        EXPECT_TRUE(holds(ran.err, part)) << ran.err;
        EXPECT_FALSE(holds(ran.err, "tracks")) << ran.err;
    }
    EXPECT_FALSE(fs::exists(at("new-home") + "/cache/features"));
}

TEST_F(SweepCliTest, AMistakeInTheFileIsASentenceWithItsLine) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"method: grid\nparameters:\n  lr: {values: [0.1]}\nbogus: 1\n", ":4"},
        {"method: grid\nparameters:\n  lr: {values: []}\n", ":3"},
        {"method: grid\nparameters:\n  speed: {values: [1, 2]}\n", ":3: parameters.speed needs"},
        {"method: grid\nmetric: {name: validation_accuracy}\nparameters:\n  lr: {values: [0.1]}\n",
         ":2: metric.goal needs to be maximize"},
        {"method: grid\nparameters:\n  recipe: {value: fastest}\n", ":3: parameters.recipe needs"},
        {"method: random\nparameters:\n  lr: {min: 0.1, max: 0.2}\n", "run_cap"},
        {"", "needs"}};
    for (const auto& [text, part] : cases) {
        const Ran ran = program()(sweep_arguments(yaml("bad.yaml", text), at("bad")));
        EXPECT_EQ(ran.code, 1) << text;
        EXPECT_NE(ran.err.find("error: "), std::string::npos) << ran.err;
        EXPECT_NE(ran.err.find(part), std::string::npos) << text << ran.err;
        EXPECT_FALSE(fs::exists(at("bad"))) << text;
    }
}

TEST_F(SweepCliTest, ABegunSweepAndAnotherSweepAreRefused) {
    const Ran begun = program()(sweep_arguments(at("small.yaml"), at("sweep")));
    EXPECT_EQ(begun.code, 1);
    EXPECT_NE(begun.err.find("--resume"), std::string::npos) << begun.err;
    const std::string other = yaml("other.yaml", std::string(kSmall) + "  batch: {values: [8, 16]}\n");
    const Ran refused = program()(sweep_arguments(other, at("sweep"), {"--resume"}));
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.err.find("same parameters"), std::string::npos) << refused.err;
}

TEST_F(SweepCliTest, GoesOnWithTheNumbersThatItWasBegunWithOnly) {
    const std::string out = at("numbers");
    ASSERT_EQ(program()(sweep_arguments(at("small.yaml"), out, {"--precision", "int8"})).code, 0);
    fs::remove(out + "/result.json");
    fs::remove(out + "/trials/6/trial.json");
    const Ran other = program()(sweep_arguments(at("small.yaml"), out, {"--resume", "--precision", "fp32"}));
    EXPECT_EQ(other.code, 1);
    for (const char* part : {"begun with int8 on ", "now it is fp32 on ", "--precision int8"})
        EXPECT_NE(other.err.find(part), std::string::npos) << other.err;
    ::setenv("MELVIT_MAX_ISA", "x86-64-v2", 1);
    const Ran less = program()(sweep_arguments(at("small.yaml"), out, {"--resume"}));
    ::unsetenv("MELVIT_MAX_ISA");
    EXPECT_EQ(less.code, 1);
    EXPECT_NE(less.err.find("now it is int8 on x86-64-v2"), std::string::npos) << less.err;
    EXPECT_FALSE(fs::exists(out + "/trials/6/trial.json"));
    const Ran same = program()(sweep_arguments(at("small.yaml"), out, {"--resume"}));
    EXPECT_EQ(same.code, 0) << same.err;
    EXPECT_NE(same.err.find("precision int8: " + out + " was begun with it"), std::string::npos) << same.err;
    auto old = nlohmann::ordered_json::parse(bytes_of(out + "/sweep.json"));
    old.erase("identity");
    write_quickly(out + "/sweep.json", old.dump());
    const Ran unknown = program()(sweep_arguments(at("small.yaml"), out, {"--resume"}));
    EXPECT_EQ(unknown.code, 1);
    EXPECT_NE(unknown.err.find("an older version wrote it"), std::string::npos) << unknown.err;
}

TEST_F(SweepCliTest, AReadOnlyFolderIsRefused) {
    if (!permissions_can_hold())
        GTEST_SKIP() << "root may write everywhere, and setpriv cannot change that here";
    fs::create_directory(at("locked"));
    ::chmod(at("locked").c_str(), 0500);
    const Ran ran = program().held_by_permissions()(sweep_arguments(at("small.yaml"), at("locked/sweep")));
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find(at("locked/sweep") + ": cannot be made, Permission denied"), std::string::npos)
        << ran.err;
    EXPECT_TRUE(fs::is_empty(at("locked")));
}

TEST_F(SweepCliTest, AFullDiskIsASentenceAndResumeGoesOn) {
    // The model of 9 kB does not fit, what comes before it does.
    const Ran full = program().limited_to_kilobytes(8, sweep_arguments(at("small.yaml"), at("full")));
    EXPECT_EQ(full.code, 1) << full.err;
    EXPECT_NE(full.err.find("cannot be written"), std::string::npos) << full.err;
    const Ran resumed = program()(sweep_arguments(at("small.yaml"), at("full"), {"--resume", "--json"}));
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_EQ(resumed.json().at("best"), swept_.json().at("best"));
}

TEST_F(SweepCliTest, AfterAnInterruptTheTablesHoldWhatEndedAndResumeEndsTheRest) {
    const std::string many = yaml("many.yaml", R"(
method: grid
metric: {name: validation_loss}
parameters:
  recipe: {value: study}
  epochs: {value: 100}
  hidden: {value: 256}
  lr: {values: [0.001, 0.002, 0.003, 0.004, 0.005]}
  weight_decay: {values: [0.0, 0.1, 0.2, 0.3, 0.4]}
)");
    const Ran stopped = program().interrupted_when_exists(at("stopped/trials/1/trial.json"),
                                                          sweep_arguments(many, at("stopped")));
    EXPECT_EQ(stopped.code, 130) << stopped.err;
    EXPECT_NE(stopped.err.find("the same command with --resume goes on"), std::string::npos) << stopped.err;
    const std::string table = bytes_of(at("stopped/trials.csv"));
    EXPECT_GE(std::ranges::count(table, '\n'), 2) << table;
    EXPECT_FALSE(fs::exists(at("stopped/result.json")));
    const Ran resumed = program()(sweep_arguments(many, at("stopped"), {"--resume", "--json"}));
    ASSERT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_EQ(resumed.json().at("trials"), 25);
    const Ran whole = program()(sweep_arguments(many, at("whole"), {"--json"}));
    EXPECT_EQ(resumed.json().at("best"), whole.json().at("best"));
}

TEST_F(SweepCliTest, AFlagThatTheFileOverrulesIsRefused) {
    for (const std::string flag : {"--lr", "--epochs", "--hidden"}) {
        const Ran ran = program()(sweep_arguments(at("small.yaml"), at("flags"), {flag, "1"}));
        EXPECT_EQ(ran.code, 2);
        EXPECT_NE(ran.err.find(flag + ": needs to be left out"), std::string::npos) << ran.err;
    }
    EXPECT_EQ(program()(sweep_arguments(at("small.yaml"), at("flags"), {"--select", "loss"})).code, 2);
    EXPECT_FALSE(fs::exists(at("flags")));
}

TEST_F(SweepCliTest, TheReportIsOnePageWithItsFiguresBesideIt) {
    const Ran ran = program()({"report", at("sweep"), "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    const std::string page = bytes_of(ran.json().at("page"));
    EXPECT_NE(page.find("<svg"), std::string::npos);
    EXPECT_EQ(page.find("src=\"http"), std::string::npos);
    EXPECT_GT(ran.json().at("figures").size(), 10U);
    for (const auto& figure : ran.json().at("figures")) {
        for (const char* file : {"svg", "png", "csv", "script"}) {
            EXPECT_TRUE(fs::exists(figure.at(file).get<std::string>())) << figure.at("name") << " " << file;
        }
    }
}

TEST_F(SweepCliTest, TheReportOfASweepBeforeItsFirstTrialSaysWhyItHasNoFigures) {
    fs::create_directory(at("begun"));
    fs::copy_file(at("sweep") + "/sweep.json", at("begun") + "/sweep.json");
    const Ran ran = program()({"report", at("begun")});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("no figures, as no trial has a result yet"), std::string::npos) << ran.out;
    EXPECT_NE(bytes_of(at("begun") + "/report/index.html").find("This sweep is not finished: 0 of 6 trials"),
              std::string::npos);
}

}  // namespace
}  // namespace melvit::test
