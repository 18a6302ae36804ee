#include "melvit/spectrum/picture.h"

#include "melvit/core/error.h"
#include "melvit/spectrum/colour_map.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

using G = StudyGeometry;

std::uint32_t colour_at(const Picture& picture, int row, int column) {
    const int place = row * picture.width + column;
    const std::uint8_t* pixel = &picture.rgb[3 * static_cast<std::size_t>(place)];
    return static_cast<std::uint32_t>(pixel[0] << 16 | pixel[1] << 8 | pixel[2]);
}

/// Rising from -80 dB in the first cell to 0 dB in the last.
MelSpectrogram ramp(std::size_t bands, std::size_t frames, float low = -80) {
    MelSpectrogram spectrogram{Matrix(bands, frames), 0.02};
    const float step = low / static_cast<float>(bands * frames - 1);
    for (std::size_t i = 0; i < bands * frames; ++i) {
        spectrogram.decibels.values()[i] = low - step * static_cast<float>(i);
    }
    return spectrogram;
}

TEST(PlainPicture, HasOnePixelACellAndTheLowestBandBelow) {
    MelSpectrogram spectrogram{Matrix(2, 3), 0.02};
    spectrogram.decibels(0, 0) = -80;
    spectrogram.decibels(0, 1) = -100;  // below the floor
    spectrogram.decibels(0, 2) = -40;
    spectrogram.decibels(1, 0) = 0;
    spectrogram.decibels(1, 1) = -79.7F;
    spectrogram.decibels(1, 2) = -0.3F;
    const Picture picture = draw_plain_picture(spectrogram, "magma", -80);
    const ColourMap& magma = colour_map("magma");
    ASSERT_EQ(picture.width, 3);
    ASSERT_EQ(picture.height, 2);
    EXPECT_EQ(colour_at(picture, 1, 0), magma[0]);
    EXPECT_EQ(colour_at(picture, 1, 1), magma[0]);
    EXPECT_EQ(colour_at(picture, 1, 2), magma[128]);
    EXPECT_EQ(colour_at(picture, 0, 0), magma[255]);
    EXPECT_EQ(colour_at(picture, 0, 1), magma[0]);
    EXPECT_EQ(colour_at(picture, 0, 2), magma[255]);
}

TEST(StudyPicture, HasTheKaggleGeometryWithAWhiteBorder) {
    const Picture picture = draw_study_picture(ramp(128, 1292), "magma", -80);
    ASSERT_EQ(picture.width, 432);
    ASSERT_EQ(picture.height, 288);
    for (int row = 0; row < G::kHeight; ++row) {
        for (int column = 0; column < G::kWidth; ++column) {
            const bool in_axes = row >= 35 && row <= 252 && column >= 54 && column <= 388;
            ASSERT_EQ(colour_at(picture, row, column) == 0xFFFFFF, !in_axes) << row << ", " << column;
        }
    }
}

TEST(StudyPicture, PutsLowBandsBelowAndTimeFromLeftToRight) {
    const ColourMap& magma = colour_map("magma");
    const Picture picture = draw_study_picture(ramp(128, 1292), "magma", -80);
    EXPECT_EQ(colour_at(picture, 252, 54), magma[0]);
    EXPECT_EQ(colour_at(picture, 35, 388), magma[255]);
    EXPECT_EQ(colour_at(picture, 35, 54), magma[254]);  // the top band, nearly as loud
    EXPECT_EQ(colour_at(picture, 252, 388), magma[1]);  // the lowest band, nearly as quiet
}

TEST(StudyPicture, SpreadsItsColoursOverTheLevelsThatOccur) {
    const ColourMap& magma = colour_map("magma");
    const Picture narrow = draw_study_picture(ramp(128, 1292, -30), "magma", -80);
    EXPECT_EQ(colour_at(narrow, 252, 54), magma[0]);
    EXPECT_EQ(colour_at(narrow, 35, 388), magma[255]);
    EXPECT_EQ(colour_at(draw_plain_picture(ramp(128, 1292, -30), "magma", -80), 127, 0), magma[160]);
}

TEST(StudyPicture, ShowsEachFewCellsAsABlock) {
    MelSpectrogram spectrogram{Matrix(1, 2), 1};
    spectrogram.decibels(0, 0) = -80;
    const ColourMap& viridis = colour_map("viridis");
    const Picture picture = draw_study_picture(spectrogram, "viridis", -80);
    for (int row = 35; row <= 252; ++row) {
        EXPECT_EQ(colour_at(picture, row, 54), viridis[0]);
        EXPECT_EQ(colour_at(picture, row, 220), viridis[0]);
        EXPECT_EQ(colour_at(picture, row, 223), viridis[255]);
        EXPECT_EQ(colour_at(picture, row, 388), viridis[255]);
    }
}

TEST(StudyPicture, ASingleLevelIsDrawnInTheFirstColour) {
    const Picture picture = draw_study_picture({Matrix(4, 4), 1}, "magma", -80);
    EXPECT_EQ(colour_at(picture, 100, 100), colour_map("magma")[0]);
}

TEST(Drawing, RefusesUnknownColoursAndASpectrogramWithoutCells) {
    EXPECT_THROW(draw_study_picture(ramp(2, 2), "jet", -80), Error);
    EXPECT_THROW(draw_plain_picture(ramp(2, 2), "", -80), Error);
    EXPECT_THROW(draw_study_picture({}, "magma", -80), Error);
    EXPECT_THROW(draw_plain_picture({}, "magma", -80), Error);
    EXPECT_THROW(draw_plain_picture(ramp(1, 16385), "magma", -80), Error);
}

TEST(ColourMaps, BeginAndEndAsMatplotlibs) {
    EXPECT_EQ(colour_map("magma")[0], 0x000004U);
    EXPECT_EQ(colour_map("magma")[255], 0xfcfdbfU);
    EXPECT_EQ(colour_map("viridis")[0], 0x440154U);
    EXPECT_EQ(colour_map("viridis")[255], 0xfde725U);
}

}  // namespace
}  // namespace melvit
