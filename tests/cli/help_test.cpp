// What the program tells of itself: help, completion and man pages, all made from the flags.

#include "tests/cli/cli_fixture.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

constexpr std::array kSubcommands = {"fetch",    "synth",    "spectrogram", "extract", "train",
                                     "evaluate", "classify", "bench",       "sweep",   "splits",
                                     "report",   "export",   "completion",  "help"};

/// What a shell command prints.
std::string printed_by(const std::string& command) {
    std::string text;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe))
        text += static_cast<char>(letter);
    ::pclose(pipe);
    return text;
}

bool has_program(const std::string& name) {
    return !printed_by("command -v " + name).empty();
}

/// A command line that needs no songs.
class CliHelp : public ::testing::Test {
protected:
    Ran melvit(const std::vector<std::string>& arguments) const { return program_(arguments); }
    std::string at(const std::string& name) const { return (home_ / name).string(); }

    /// What bash completes after `words`, of which the last is begun; each in <>.
    std::string completed(const std::string& words) const {
        write_quickly(at("melvit.bash"), melvit({"completion", "bash"}).out);
        write_quickly(at("try.bash"), "source '" + at("melvit.bash") + "'\ncd '" + at("") +
                                          "'\nCOMP_WORDS=(melvit " + words +
                                          ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_melvit\n"
                                          "printf '<%s>' \"${COMPREPLY[@]}\"\n");
        return printed_by("bash '" + at("try.bash") + "'");
    }

    TempFolder home_;
    Program program_{(home_ / "home").string()};
};

TEST_F(CliHelp, BashCompletesSubcommandsFlagsValuesAndFilesWithBlanks) {
    fs::create_directory(at("my songs"));
    write_quickly(at("my model.safetensors"), "");
    EXPECT_EQ(completed("cl"), "<classify>");
    EXPECT_EQ(completed("train --prec"), "<--precision>");
    EXPECT_EQ(completed("train --precision b"), "<bf16>");
    EXPECT_EQ(completed("train --precision = i"), "<int8>");
    EXPECT_EQ(completed("train --recipe st"), "<study>");
    EXPECT_EQ(completed("train --split st"), "<stratified:>");
    EXPECT_EQ(completed("train --body random : vit_t"), "<vit_ti_16>");
    const std::string files = completed("--threads 2 --seed 3 train --data my");  // in the folder's order
    EXPECT_TRUE(files == "<my songs><my model.safetensors>" || files == "<my model.safetensors><my songs>")
        << files;
    EXPECT_EQ(completed("classify --model 'my m'"), "<my model.safetensors>");
    EXPECT_EQ(completed("classify ./my\\ s"), "<./my songs>");
    EXPECT_EQ(completed("completion ''"), "<bash><zsh><fish>");
}

TEST_F(CliHelp, TheScriptsOfAllShellsAreOnesThatTheShellReads) {
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        const Ran ran = melvit({"completion", shell});
        ASSERT_EQ(ran.code, 0) << ran.err;
        for (const char* subcommand : kSubcommands)
            EXPECT_NE(ran.out.find(subcommand), std::string::npos) << shell << subcommand;
        EXPECT_NE(ran.out.find("label-smoothing"), std::string::npos) << shell;
        if (!has_program(shell)) {
            std::printf("skipped: no %s here to read its script\n", shell.c_str());
            continue;
        }
        write_quickly(at("script"), ran.out);
        EXPECT_EQ(printed_by(shell + " -n '" + at("script") + "' 2>&1"), "") << shell;
    }
    EXPECT_EQ(melvit({"completion", "tcsh"}).code, 2);
}

TEST_F(CliHelp, ManPagesAreMadeOfMelvitAndEachSubcommand) {
    ASSERT_EQ(melvit({"man", "--out", at("man")}).code, 0);
    EXPECT_EQ(bytes_of(at("man/melvit-train.1")), melvit({"man", "train"}).out);
    EXPECT_TRUE(fs::exists(at("man/melvit.1")));
    for (const char* subcommand : kSubcommands)
        EXPECT_TRUE(fs::exists(at("man/melvit-" + std::string(subcommand) + ".1")));
    if (!has_program("groff")) GTEST_SKIP() << "no groff here to read the pages";
    for (const auto& page : fs::directory_iterator(at("man"))) {
        EXPECT_EQ(printed_by("groff -man -ww -Tutf8 -z '" + page.path().string() + "' 2>&1"), "");
    }
}

}  // namespace
}  // namespace melvit::test
