// --body-key: which of two ViTs in one file a subcommand takes.

#include "melvit/core/safetensors.h"

#include "tests/support/program.h"
#include "tests/support/test_files.h"
#include "tests/vit/checkpoint_writer.h"

#include <gtest/gtest.h>

namespace melvit::test {
namespace {

class CliBodyKey : public ::testing::Test {
protected:
    void SetUp() override {
        ASSERT_EQ(program_({"synth", "--out", at("songs"), "--per-genre", "2", "--seconds", "3"}).code, 0);
        Tensors two;
        for (const auto& [name, tensor] :
             timm_tensors({.width = 64, .depth = 6, .heads = 1, .mlp_width = 32})) {
            two["student." + name] = tensor;
            Tensor& other = two["teacher.backbone." + name] = tensor;
            for (float& value : other.values) value *= 0.5F;
        }
        write_tensors(at("two.safetensors"), two);
        for (const std::string prefix : {"student.", "teacher.backbone."}) {
            Tensors one;
            for (const auto& [name, tensor] : two) {
                if (name.starts_with(prefix)) one[name.substr(prefix.size())] = tensor;
            }
            write_tensors(at(prefix + "safetensors"), one);
        }
    }

    std::string at(const std::string& name) { return (folder_ / name).string(); }

    Ran extract(const std::string& body, const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments = {
            "extract", "--data", at("songs"), "--body", body, "--out", at("features.safetensors")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return program_(arguments);
    }

    AlignedFloats features(const std::string& body, const std::vector<std::string>& more = {}) {
        const Ran ran = extract(body, more);
        EXPECT_EQ(ran.code, 0) << ran.err;
        return SafetensorsFile(at("features.safetensors")).at("rows").to_floats("rows");
    }

    TempFolder folder_;
    Program program_{at("home")};
};

TEST_F(CliBodyKey, AFileOfTwoBodiesIsRefusedWithBothUntilOneIsChosen) {
    const std::string two = at("two.safetensors");
    const Ran ran = extract(two);
    EXPECT_EQ(ran.code, 1);
    EXPECT_EQ(ran.err, "error: " + two +
                           ": needs --body-key to say which ViT is meant, it holds several: student, "
                           "teacher.backbone\n");
    const AlignedFloats student = features(two, {"--body-key", "student"});
    const AlignedFloats teacher = features(two, {"--body-key", "teacher"});
    EXPECT_EQ(student, features(at("student.safetensors")));
    EXPECT_EQ(teacher, features(at("teacher.backbone.safetensors")));
    EXPECT_NE(student, teacher);
}

TEST_F(CliBodyKey, AWrongKeyIsRefusedWithThoseThereAre) {
    const Ran ran = extract(at("two.safetensors"), {"--body-key", "ema"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_EQ(ran.err, "error: " + at("two.safetensors") +
                           ": needs a ViT under \"ema\", it has one under student, teacher.backbone\n");
}

TEST_F(CliBodyKey, AModelFindsTheChosenBodyAgain) {
    ASSERT_EQ(
        program_({"train", "--data", at("songs"), "--body", at("two.safetensors"), "--body-key", "teacher",
                  "--out", at("run"), "--split", "random:1", "--recipe", "study", "--epochs", "2"})
            .code,
        0);
    const std::string model = at("run/model.safetensors");
    const std::string song = at("songs/metal/metal.00000.wav");
    EXPECT_EQ(program_({"classify", "--model", model, song}).code, 0);
    const Ran other = program_({"classify", "--model", model, "--body", at("student.safetensors"), song});
    EXPECT_EQ(other.code, 1);
    EXPECT_NE(other.err.find("SHA-256"), std::string::npos) << other.err;
}

}  // namespace
}  // namespace melvit::test
