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

// tools/make_golden_spectrum.py prints these digests of matplotlib's tables, rounded.
TEST(GoldenColourMap, EqualsMatplotlibsInEveryColour) {
    EXPECT_EQ(digest_of(colour_map("magma")),
              "f95197e8391d18e2c1db50f2a1ab8650ab7c2a9acb781704a8156872615f002b");
    EXPECT_EQ(digest_of(colour_map("viridis")),
              "18545f7c72a02f02a54f2e3f6ff9dcf357e0190ab9117a1f8fae44c6eaf179e0");
}

TEST(ColourMap, OfAnotherNameIsRefused) {
    EXPECT_THROW(colour_map("jet"), Error);
}

}  // namespace
}  // namespace melvit
