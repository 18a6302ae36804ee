// Streams that cannot be written: full, closed, a pipe that nobody reads.

#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <filesystem>
#include <functional>
#include <gtest/gtest.h>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

class CliStreams : public ::testing::Test {
protected:
    /// A run whose stderr (2) or stdout (1) cannot be written, in each of the ways.
    struct Way {
        std::string name;
        std::string system_says;
        std::function<Ran(const std::vector<std::string>&)> run;
    };

    std::vector<Way> ways(int stream) const {
        const std::string number = std::to_string(stream);
        return {{"full", "No space left on device",
                 [=, this](const auto& arguments) {
                     return program_.redirected(number + ">/dev/full", arguments);
                 }},
                {"closed", "Bad file descriptor",
                 [=, this](const auto& arguments) { return program_.redirected(number + ">&-", arguments); }},
                {"read-only", "Bad file descriptor",
                 [=, this](const auto& arguments) {
                     return program_.redirected(number + "</dev/null", arguments);
                 }},
                {"pipe", "Broken pipe", [=, this](const auto& arguments) {
                     return program_.into_a_closed_pipe(stream, arguments);
                 }}};
    }

    std::string at(const std::string& name) const { return (folder_ / name).string(); }

    TempFolder folder_;
    Program program_{(folder_ / "home").string()};
};

TEST_F(CliStreams, WithoutStderrTheWorkIsDoneAllTheSame) {
    ASSERT_EQ(program_({"synth", "--out", at("songs"), "--per-genre", "1", "--seconds", "2"}).code, 0);
    const auto arguments = [&](const std::string& out) -> std::vector<std::string> {
        return {"spectrogram", at("songs/jazz"), at("missing.wav"), "--out", at(out), "--json"};
    };
    const Ran usual = program_(arguments("usual"));
    ASSERT_EQ(usual.code, 3);
    ASSERT_NE(usual.err, "");
    const std::string picture = bytes_of(at("usual/jazz.00000.png"));
    ASSERT_NE(picture, "");
    for (const auto& [name, _, run] : ways(2)) {
        const Ran ran = run(arguments(name));
        EXPECT_EQ(ran.code, 3) << name;
        EXPECT_EQ(ran.json().size(), 2U) << name;
        EXPECT_EQ(bytes_of(at(name + "/jazz.00000.png")), picture) << name;
        EXPECT_EQ(run({"sing"}).code, 2) << name;
        EXPECT_EQ(run({"classify", "--model", at("absent"), at("songs")}).code, 1) << name;
        EXPECT_EQ(run({"--version"}).code, 0) << name;
    }
}

TEST_F(CliStreams, AResultThatNobodyGetsIsAnError) {
    const std::vector<std::vector<std::string>> commands = {
        {"fetch"}, {"fetch", "--json"}, {"--help"}, {"sweep", "--help"}, {"--version"}};
    for (const auto& [name, system_says, run] : ways(1)) {
        for (const auto& command : commands) {
            const Ran ran = run(command);
            EXPECT_EQ(ran.code, 1) << name << " " << command.back();
            EXPECT_EQ(ran.err, "error: standard output: cannot be written, " + system_says + "\n")
                << name << " " << command.back();
        }
    }
    EXPECT_EQ(program_.redirected(">/dev/full 2>/dev/full", {"fetch"}).code, 1);
    EXPECT_EQ(program_.redirected(">&- 2>&-", {"fetch", "--json"}).code, 1);
}

TEST_F(CliStreams, AFileNeverTakesThePlaceOfAClosedStream) {
    // What is said while the features are made would stand in the first file that is opened.
    ASSERT_EQ(program_({"synth", "--out", at("songs"), "--per-genre", "5", "--seconds", "2"}).code, 0);
    const Ran ran = program_.redirected(
        "<&- >&- 2>&-", {"train", "--data", at("songs"), "--body", "random:vit_ti_16", "--recipe", "study",
                         "--hidden", "8", "--epochs", "1", "--out", at("run")});
    EXPECT_EQ(ran.code, 1) << "its result had nowhere to go";
    EXPECT_TRUE(nlohmann::json::accept(bytes_of(at("run/result.json"))));
    EXPECT_TRUE(nlohmann::json::accept(bytes_of(at("run/config.json"))));
    EXPECT_TRUE(nlohmann::json::accept(bytes_of(at("run/metrics.jsonl"))));
}

}  // namespace
}  // namespace melvit::test
