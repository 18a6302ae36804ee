#include "melvit/spectrum/colour_map.h"

#include "melvit/core/error.h"
#include "melvit/core/sha256.h"

#include <gtest/gtest.h>
#include <string>

namespace melvit {
namespace {

/// Of the 256 colours as bytes red, green, blue.
std::string digest_of(const ColourMap& map) {
    std::string bytes;
    for (const std::uint32_t colour : map) {
        for (const int shift : {16, 8, 0}) bytes.push_back(static_cast<char>(colour >> shift & 0xFF));
    }
    return sha256_of_text(bytes);
}

// tools/make_golden_spectrum.py prints these digests of matplotlib's tables.
TEST(GoldenColourMap, EqualsMatplotlibsInEveryColour) {
    EXPECT_EQ(digest_of(colour_map("magma")),
              "e2e7c21b2cdebd6f55d07fae05ea13bb4b4f0908509892384b87c747b9f319f6");
    EXPECT_EQ(digest_of(colour_map("viridis")),
              "96a1f6f37d4041f953def955ffb8b9ea2110a9b4e3c9b701182d48f7a9774c58");
}

TEST(ColourMap, OfAnotherNameIsRefused) {
    EXPECT_THROW(colour_map("jet"), Error);
}

}  // namespace
}  // namespace melvit
