#pragma once

#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit::test {

/// Songs, features and a trained model that the tests of the subcommands share; made once.
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

    /// The answer of evaluate, with more arguments.
    static nlohmann::ordered_json evaluated(const std::string& model, const std::string& data,
                                            const std::vector<std::string>& more) {
        std::vector<std::string> arguments = {"evaluate", "--model", model, "--data", data, "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Ran ran = program()(arguments);
        EXPECT_EQ(ran.code, 0) << ran.err;
        return ran.json();
    }

    inline static TempFolder* home_ = nullptr;
    inline static Ran trained_;
};

}  // namespace melvit::test
