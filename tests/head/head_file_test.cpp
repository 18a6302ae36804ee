#include "melvit/head/head_file.h"

#include "melvit/core/error.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <gtest/gtest.h>
#include <limits>

namespace melvit {
namespace {

const HeadConfig kConfig{.hidden = 16, .layers = 1, .shape = "mlp"};

HeadSet standardised_heads() {
    HeadSet set{{make_head(kConfig, 6, 3, 1), make_head(kConfig, 6, 3, 2)}, {Matrix(1, 6), Matrix(1, 6)}};
    for (float& value : set.standardisation.mean.values()) value = 0.25F;
    for (float& value : set.standardisation.standard_deviation.values()) value = 2.0F;
    return set;
}

/// What reading a file of these tensors says; config is the reader's.
std::string refusal(const HeadSet& set, const HeadConfig& config) {
    const test::TempFolder folder;
    write_safetensors(folder / "heads.safetensors", head_tensors(set), {});
    const SafetensorsFile file(folder / "heads.safetensors");
    return test::error_of([&] { read_head_set(file, config); });
}

TEST(HeadFile, GivesBackWhatWasWritten) {
    const test::TempFolder folder;
    const HeadSet written = standardised_heads();
    write_safetensors(folder / "heads.safetensors", head_tensors(written), {});
    const HeadSet read = read_head_set(SafetensorsFile(folder / "heads.safetensors"), kConfig);
    ASSERT_EQ(read.heads.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        ASSERT_EQ(read.heads[i].layers.size(), 2U);
        for (std::size_t j = 0; j < 2; ++j) {
            EXPECT_EQ(read.heads[i].layers[j].weight, written.heads[i].layers[j].weight);
            EXPECT_EQ(read.heads[i].layers[j].bias, written.heads[i].layers[j].bias);
            EXPECT_EQ(read.heads[i].layers[j].relu, written.heads[i].layers[j].relu);
        }
    }
    EXPECT_EQ(read.standardisation.mean, written.standardisation.mean);
    EXPECT_EQ(read.standardisation.standard_deviation, written.standardisation.standard_deviation);
}

TEST(HeadFile, GivesBackHeadsWithoutStandardisation) {
    const test::TempFolder folder;
    HeadSet written = standardised_heads();
    written.standardisation = {};
    write_safetensors(folder / "heads.safetensors", head_tensors(written), {});
    EXPECT_TRUE(
        read_head_set(SafetensorsFile(folder / "heads.safetensors"), kConfig).standardisation.empty());
}

TEST(HeadFile, WithoutHeadIsRefused) {
    EXPECT_TRUE(test::holds(refusal({{}, standardised_heads().standardisation}, kConfig),
                            "needs the layers of a head"));
}

TEST(HeadFile, ThatDoesNotFitItsSettingsIsRefused) {
    EXPECT_TRUE(test::holds(refusal(standardised_heads(), {.hidden = 17, .shape = "mlp"}), "[17 x 6]"));
    EXPECT_TRUE(
        test::holds(refusal(standardised_heads(), {.hidden = 16, .layers = 2, .shape = "mlp"}), "[16 x 16]"));
    EXPECT_TRUE(test::holds(refusal(standardised_heads(), {.layers = 0, .shape = "mlp"}), "[3 x 6]"));
}

TEST(HeadFile, WithOneLayerTooManyIsRefused) {
    HeadSet set = standardised_heads();
    set.heads[1].layers.push_back(set.heads[1].layers.back());
    EXPECT_TRUE(test::holds(refusal(set, kConfig), "heads.1.layers.2.weight"));
}

TEST(HeadFile, WhoseShapesDoNotChainIsRefused) {
    HeadSet set = standardised_heads();
    set.heads[1].layers[1].weight = Matrix(3, 15);
    EXPECT_TRUE(test::holds(refusal(set, kConfig), "heads.1.layers.1.weight"));
    set = standardised_heads();
    set.heads[0].layers[0].bias = Matrix(1, 15);
    EXPECT_TRUE(test::holds(refusal(set, kConfig), "heads.0.layers.0.bias"));
    set = standardised_heads();
    set.standardisation.mean = Matrix(1, 5);
    EXPECT_TRUE(test::holds(refusal(set, kConfig), "standardisation.mean"));
}

TEST(HeadFile, WithNumbersThatCannotBeUsedIsRefused) {
    HeadSet set = standardised_heads();
    set.heads[1].layers[1].bias(0, 2) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(test::holds(refusal(set, kConfig), "finite numbers in heads.1.layers.1.bias"));
    set = standardised_heads();
    set.standardisation.standard_deviation(0, 5) = 0.0F;
    EXPECT_TRUE(test::holds(refusal(set, kConfig), "standard deviations above 0"));
}

}  // namespace
}  // namespace melvit
