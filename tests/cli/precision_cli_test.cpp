// --precision from outside, and processors that can do less than this one.

#include "melvit/spectrum/picture.h"
#include "melvit/vit/precision_choice.h"

#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

/// While it lives, programs that start here have a variable in their environment.
class Variable {
public:
    Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* name_;
};

class PrecisionCli : public testing::Test {
protected:
    PrecisionCli() : program_((folder_ / "home").string()) {
        for (const char* genre : {"jazz", "rock"}) {
            fs::create_directories(folder_ / "data" / genre);
            for (unsigned i = 0; i < 3; ++i) {
                Picture picture{60, 40, std::vector<std::uint8_t>(3 * 60 * 40)};
                for (std::size_t p = 0; p < picture.rgb.size(); ++p) {
                    picture.rgb[p] = static_cast<std::uint8_t>(p * (7 + i) + (genre[0] == 'r' ? p / 60 : 0));
                }
                write_png(folder_ / "data" / genre / fmt::format("{}.png", i), picture);
            }
        }
    }

    Ran extract(const std::string& name, const std::string& precision) {
        return program_({"extract", "--data", (folder_ / "data").string(), "--body", "random:vit_ti_16:1",
                         "--recipe", "study", "--precision", precision, "--out", file(name), "--json"});
    }

    std::string file(const std::string& name) { return (folder_ / (name + ".safetensors")).string(); }

    /// The features of a file of extract: 6 rows of 192.
    std::vector<float> features(const std::string& name) {
        const std::string bytes = bytes_of(file(name));
        std::uint64_t header = 0;
        std::memcpy(&header, bytes.data(), sizeof header);
        const auto json = nlohmann::json::parse(bytes.substr(sizeof header, header));
        const auto place = json.at("rows").at("data_offsets").get<std::vector<std::size_t>>();
        std::vector<float> values((place[1] - place[0]) / sizeof(float));
        std::memcpy(values.data(), bytes.data() + sizeof header + header + place[0], place[1] - place[0]);
        return values;
    }

    TempFolder folder_;
    Program program_;
};

TEST_F(PrecisionCli, EachPrecisionHasItsOwnFeaturesAndItsOwnPlaceInTheCache) {
    for (const char* precision : {"fp32", "bf16", "int8"}) {
        const Ran ran = extract(precision, precision);
        ASSERT_EQ(ran.code, 0) << ran.err;
        EXPECT_EQ(ran.json().at("precision"), precision);
        EXPECT_EQ(ran.json().at("cached_tracks"), 0) << precision;
        ASSERT_EQ(features(precision).size(), 6U * 192);
    }
    EXPECT_NE(features("bf16"), features("fp32"));
    EXPECT_NE(features("int8"), features("fp32"));
    EXPECT_GE(cosine_of(features("bf16"), features("fp32")), 0.999);
    EXPECT_GE(cosine_of(features("int8"), features("fp32")), 0.99);
}

TEST_F(PrecisionCli, FeaturesOfOtherProductsHaveAnotherPlaceInTheCache) {
    ASSERT_EQ(extract("native", "int8").code, 0);
    {
        const Variable allowed("MELVIT_MAX_ISA", "x86-64-v2");
        const Ran ran = extract("less", "int8");
        ASSERT_EQ(ran.code, 0) << ran.err;
        EXPECT_EQ(ran.json().at("cached_tracks"), 0);
    }
    EXPECT_EQ(extract("again", "int8").json().at("cached_tracks"), 6);
}

TEST_F(PrecisionCli, TheVersionAsJsonNamesWhatNumbersDependOn) {
    const Ran ran = program_({"--version", "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    for (const char* precision : {"fp32", "bf16", "int8"}) {
        const auto identity = ran.json().at("identity").at(precision);
        EXPECT_EQ(identity.at("precision"), precision);
        for (const char* field : {"device", "instructions", "engine", "factors", "attention_factors", "build",
                                  "libm", "decoder", "resampler", "pictures"}) {
            EXPECT_FALSE(identity.at(field).get<std::string>().empty()) << field;
        }
    }
    EXPECT_TRUE(ran.json().contains("version"));
    EXPECT_TRUE(ran.json().contains("commit"));
    EXPECT_EQ(program_({"extract", "--json", "--version"}).json(), ran.json());
    const Variable allowed("MELVIT_MAX_ISA", "x86-64-v2");
    EXPECT_EQ(program_({"--version", "--json"}).json().at("identity").at("fp32").at("instructions"),
              "x86-64-v2");
}

TEST_F(PrecisionCli, AutoSaysWhatItPickedWhereThatIsNotFp32) {
    const Ran ran = extract("auto", "auto");
    ASSERT_EQ(ran.code, 0) << ran.err;
    const std::string picked = ran.json().at("precision").get<std::string>();
    const bool says_it = ran.err.find("precision " + picked + ": ") != std::string::npos;
    EXPECT_EQ(says_it, picked != "fp32") << ran.err;
}

TEST_F(PrecisionCli, OtherNamesAreAMistakeOfUse) {
    const Ran ran = extract("none", "fp16");
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.err.find("fp16"), std::string::npos) << ran.err;
}

TEST_F(PrecisionCli, TrainingNotesThePrecisionOfItsFeatures) {
    const std::string run = (folder_ / "run").string();
    const Ran ran = program_({"train", "--data", (folder_ / "data").string(), "--body", "random:vit_ti_16:1",
                              "--recipe", "study", "--precision", "int8", "--epochs", "1",
                              "--allow-duplicates", "--split", "stratified:0", "--out", run});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(nlohmann::json::parse(bytes_of(run + "/config.json")).at("precision"), "int8");
}

TEST_F(PrecisionCli, BenchChecksThePrecisionThatItMeasures) {
    const Ran ran =
        program_({"bench", "--body", "random:vit_ti_16", "--precision", "int8", "--batch", "3", "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.json().at("precision"), "int8");
    EXPECT_GE(ran.json().at("cosine_to_fp32").get<double>(), 0.99);
    EXPECT_LT(ran.json().at("cosine_to_fp32").get<double>(), 1.0);
}

TEST_F(PrecisionCli, FeaturesAreRightOnProcessorsThatCanDoLess) {
    ASSERT_EQ(extract("native", "fp32").code, 0);
    for (const char* isa : {"x86-64-v2", "avx2", "avx2_vnni", "avx512", "avx512_vnni", "avx512_bf16"}) {
        const Variable allowed("MELVIT_MAX_ISA", isa);
        for (const std::string precision : {"fp32", "bf16", "int8"}) {
            fs::remove_all(folder_ / "home");
            const std::string name = std::string(isa) + precision;
            const Ran ran = extract(name, precision);
            ASSERT_EQ(ran.code, 0) << name << ": " << ran.err;
            EXPECT_EQ(ran.json().at("cached_tracks"), 0) << name;
            const double least = precision == "fp32" ? 0.9999999 : precision == "bf16" ? 0.999 : 0.99;
            EXPECT_GE(cosine_of(features(name), features("native")), least) << name;
        }
    }
}

}  // namespace
}  // namespace melvit::test
