#include "melvit/spectrum/image.h"

#include "melvit/spectrum/crops.h"
#include "melvit/spectrum/preprocess.h"
#include "melvit/spectrum/resize.h"

#include "tests/spectrum/golden_file.h"

#include <cmath>
#include <cstdio>
#include <gtest/gtest.h>
#include <numeric>

namespace melvit {
namespace {

constexpr std::size_t kSize{InputShape{}.rows};
constexpr Normalisation kHalf{{0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}};

/// The largest difference to every ninth row and column that torchvision gives.
float worst_difference(const Image& image, const std::string& name) {
    const Matrix expected = test::spectrum_golden().matrix(name);  // [3 x 25 * 25]
    constexpr std::size_t kKept = 25;
    EXPECT_EQ(expected.columns(), kKept * kKept);
    float worst = 0;
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t i = 0; i < kKept * kKept; ++i) {
            const std::size_t pixel = (channel * kSize + i / kKept * 9) * kSize + i % kKept * 9;
            worst = std::max(worst, std::abs(image.values[pixel] - expected(channel, i)));
        }
    }
    return worst;
}

TEST(GoldenImage, EqualsTorchvisionsCentreCropOfPicturesOfAnySize) {
    const std::vector<std::string> cases = test::golden_cases("centre.", "");
    ASSERT_EQ(cases.size(), 9U);
    for (const std::string& name : cases) {
        SCOPED_TRACE(name);
        int width = 0;
        int height = 0;
        ASSERT_EQ(std::sscanf(name.c_str(), "centre.%dx%d", &width, &height), 2);
        const Picture picture = test::picture_by_rule(width, height);
        const Normalisation normalisation = name.ends_with("half") ? kHalf : Normalisation{};
        EXPECT_LE(worst_difference(to_image(picture, centre_crop(picture, 348, 218), normalisation), name),
                  1e-5);
    }
}

TEST(GoldenImage, EqualsTorchvisionsCropsThatGrowShrinkAndReachBeyondThePicture) {
    const std::vector<std::string> cases = test::golden_cases("window.", "");
    ASSERT_EQ(cases.size(), 5U);
    const Picture picture = test::picture_by_rule(432, 288);
    for (const std::string& name : cases) {
        SCOPED_TRACE(name);
        Crop crop;
        ASSERT_EQ(
            std::sscanf(name.c_str(), "window.%d,%d,%d,%d", &crop.left, &crop.top, &crop.width, &crop.height),
            4);
        EXPECT_LE(worst_difference(to_image(picture, crop, {}), name), 1e-5);
    }
}

TEST(DataImage, EqualsTorchvisionOnPicturesOfTheSet) {
    MELVIT_NEEDS_SHARED("data/gtzan/images_original");
    for (const std::string& name : test::golden_cases("set.", "")) {
        SCOPED_TRACE(name);
        const std::string stem = name.substr(4);
        const std::string genre = stem.substr(0, stem.size() - 5);
        const auto clips =
            preprocess(test::shared("data/gtzan/images_original") / genre / (stem + ".png"), {});
        ASSERT_EQ(clips.size(), 1U);
        ASSERT_EQ(clips[0].images.size(), 1U);
        EXPECT_LE(worst_difference(clips[0].images[0], name), 1e-5);
    }
}

TEST(Image, OfAPlainPictureIsPlain) {
    const Picture grey{30, 20, std::vector<std::uint8_t>(std::size_t{30} * 20 * 3, 51)};
    const Image image = to_image(grey, {3, 2, 20, 10}, kHalf);
    ASSERT_EQ(image.values.size(), 3 * kSize * kSize);
    for (const float value : image.values) ASSERT_NEAR(value, (0.2F - 0.5F) / 0.5F, 1e-6);
}

TEST(Image, OutsideThePictureIsBlack) {
    const Picture white{4, 4, std::vector<std::uint8_t>(48, 255)};
    for (const Crop& crop : {Crop{4, 0, 9, 9}, Crop{-9, 0, 9, 9}, Crop{0, 4, 9, 9}, Crop{0, -9, 9, 9}}) {
        for (const float value : to_image(white, crop, kHalf).values) ASSERT_EQ(value, -1.0F);
    }
}

TEST(BilinearTaps, SumToOneAndStayInsideTheInput) {
    for (const auto& [input, output] :
         {std::pair{348, 224}, {112, 224}, {1, 224}, {16384, 224}, {224, 224}}) {
        const std::vector<Tap> taps = bilinear_taps(input, output);
        ASSERT_EQ(taps.size(), static_cast<std::size_t>(output));
        for (const Tap& tap : taps) {
            EXPECT_GE(tap.first, 0);
            EXPECT_LE(tap.first + static_cast<int>(tap.weights.size()), input);
            EXPECT_NEAR(std::accumulate(tap.weights.begin(), tap.weights.end(), 0.0), 1.0, 1e-4);
        }
    }
}

}  // namespace
}  // namespace melvit
