// What a mistyped command line is told: one kind of sentence, one exit code, nothing done.

#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

namespace melvit::test {
namespace {

class CliUsage : public ::testing::Test {
protected:
    Ran melvit(const std::vector<std::string>& arguments) const { return program_(arguments); }

    /// The error of a command line that is refused as wrong usage.
    std::string refusal(const std::vector<std::string>& arguments) const {
        const Ran ran = melvit(arguments);
        EXPECT_EQ(ran.code, 2) << ran.err;
        EXPECT_EQ(ran.out, "");
        return ran.err;
    }

    /// That of a flag with a value behind an otherwise right `train`.
    std::string train_refusal(const std::string& flag, const std::string& value) const {
        return refusal({"train", "--data", "none", "--body", "none.pth", "--out", at("run"), flag, value});
    }

    std::string at(const std::string& name) const { return (home_ / name).string(); }

    TempFolder home_;
    Program program_{(home_ / "home").string()};
};

std::string on_one_line(const std::string& text) {
    std::istringstream words(text);
    std::string line;
    for (std::string word; words >> word;) line += word + " ";
    if (!line.empty()) line.pop_back();
    return line;
}

/// Whether the text has the part in it, whatever the line breaks.
void expect_within(const std::string& text, const std::string& part) {
    EXPECT_NE(on_one_line(text).find(on_one_line(part)), std::string::npos)
        << "\"" << part << "\" is not in: " << text;
}

TEST_F(CliUsage, AMistypedFlagIsNamedWithTheNearestAlsoWhereARequiredOneIsMissing) {
    EXPECT_EQ(refusal({"classify", "--modle", "a", "b"}),
              "error: --modle: no such flag of classify; did you mean --model?\n");
    expect_within(refusal({"train", "--epoch", "5"}),
                  "--epoch: no such flag of train; did you mean --epochs?");
    expect_within(refusal({"synth", "--outt=x"}), "--outt: no such flag of synth; did you mean --out?");
    expect_within(refusal({"synth", "--out", "x", "--loud"}),
                  "--loud: no such flag of synth; melvit help synth");
    expect_within(refusal({"--jsn", "fetch"}), "--jsn: no such flag of melvit; did you mean --json?");
    expect_within(refusal({"--model", "m", "classify", "x"}), "--model: belongs behind the subcommand");
}

TEST_F(CliUsage, AMistypedVerbIsNamedWithTheNearestAndExtraArgumentsInTheirOrder) {
    expect_within(refusal({"clasify", "--model", "x"}),
                  "clasify: no such subcommand of melvit; did you mean classify?");
    expect_within(refusal({"--json", "trian"}), "trian: no such subcommand of melvit; did you mean train?");
    expect_within(refusal({"sing"}), "sing: no such subcommand of melvit; the subcommands are fetch");
    expect_within(refusal({"help", "swep"}), "did you mean sweep?");
    expect_within(refusal({"report", "a", "b", "c d"}), "error: b c d: 2 arguments too many for report");
    expect_within(refusal({}), "needs a subcommand");
}

TEST_F(CliUsage, ABadValueIsToldInOneWayWhereverItIsFound) {
    EXPECT_EQ(train_refusal("--lr", "fast"), "error: --lr: needs a number, it is fast\n");
    expect_within(train_refusal("--lr", "-1"), "error: --lr: needs a learning rate above 0, it is -1");
    expect_within(train_refusal("--epochs", "2.5"), "error: --epochs: needs a whole number, it is 2.5");
    expect_within(train_refusal("--seed", "soon"), "error: --seed: needs a whole number");
    expect_within(train_refusal("--bands", "0"), "error: --bands: needs 1 to");
    expect_within(train_refusal("--blocks", "0"), "error: --blocks: needs numbers from 1");
    expect_within(train_refusal("--mixup", "nan"), "error: --mixup: needs");
    expect_within(train_refusal("--split", "wrong"), "error: --split: needs random:SEED");
    expect_within(train_refusal("--split", "kfold:1:0"), "error: --split: needs at least");
    expect_within(train_refusal("--standardise", "perhaps"), "error: --standardise: needs true or false");
    for (const auto& [body, says] : std::vector<std::pair<std::string, std::string>>{
             {"vit_x_16", "error: --body: needs a .safetensors or .pth file"},
             {"vit_b_61", "did you mean vit_b_16?"},
             {"random:vit_b_61", "error: --body: needs"},
             {"random:vit_ti_16:x", "error: --body: needs a seed"}})
        expect_within(refusal({"classify", "--model", "m", "x", "--body", body}), says);
    expect_within(refusal({"classify", "--model", "m", "x", "--top", "abc"}),
                  "error: --top: needs a whole number from 1 to 1000, it is abc");
    expect_within(refusal({"synth", "--out"}), "error: --out: needs a value, none follows");
    expect_within(refusal({"synth", "--out", "a", "--out", "b"}), "error: --out: needs one value");
    expect_within(refusal({"fetch", "vit_b16"}), "did you mean vit_b_16?");
}

TEST_F(CliUsage, AMistypedNameOfAValueIsToldTheNearestBeforeAnyWork) {
    expect_within(train_refusal("--tokens", "tme"), "did you mean time_mean?");
    expect_within(train_refusal("--split", "randm:1"), "did you mean random?");
    expect_within(train_refusal("--recipe", "bst"), "did you mean best?");
    expect_within(train_refusal("--select", "los"), "did you mean loss?");
    expect_within(train_refusal("--schedule", "cosin"), "did you mean cosine?");
    expect_within(train_refusal("--crops", "window"), "did you mean windows?");
    expect_within(train_refusal("--colours", "virdis"), "did you mean viridis?");
    expect_within(train_refusal("--precision", "fp23"), "did you mean fp32?");
    EXPECT_FALSE(std::filesystem::exists(at("run")));
}

TEST_F(CliUsage, CommonFlagsStandBeforeOrBehindTheVerb) {
    const Ran before = melvit({"--json", "--threads", "1", "fetch"});
    ASSERT_EQ(before.code, 0) << before.err;
    EXPECT_EQ(before.json(), melvit({"fetch", "--json"}).json());
    EXPECT_EQ(melvit({"-V"}).out, melvit({"fetch", "--version"}).out);
    EXPECT_EQ(melvit({"-v"}).out, melvit({"--version"}).out);
}

TEST_F(CliUsage, UsualSynonymsAndUnderscoresAreUnderstood) {
    expect_within(train_refusal("--learning-rate", "fast"), "--lr: needs a number");
    expect_within(train_refusal("--batch_size", "many"), "--batch: needs a whole number");
    expect_within(train_refusal("--weight_decay", "much"), "--weight-decay: needs a number");
    const Ran ran =
        melvit({"synth", "-o", at("songs"), "--per_genre=1", "--seconds", "1", "-j", "1", "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.json().at("songs"), 10);
}

TEST_F(CliUsage, HelpShowsDefaultsAndExitCodes) {
    const std::string train = melvit({"help", "train"}).out;
    EXPECT_EQ(train, melvit({"train", "-h"}).out);
    for (const char* part :
         {"(default: best 0.001, study", "(default: best)", "(default: auto)", "(default: all cores)"})
        expect_within(train, part);
    expect_within(melvit({"help", "classify"}).out, "(default: 3)");
    const std::string help = melvit({"help"}).out;
    EXPECT_EQ(help, melvit({"--help"}).out);
    for (const char* part :
         {"Exit codes:", "130 stopped by Ctrl-C", "143 stopped by kill", "--learning-rate"})
        expect_within(help, part);
}

}  // namespace
}  // namespace melvit::test
