#include "melvit/audio/decode_errors.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

TEST(DecodeErrors, RefusedPacketsInFrontOfTheMusicAreNoLoss) {
    DecodeErrors errors;
    for (int i = 0; i < 100; ++i) errors.refused(0, 0.026);
    errors.decoded();
    errors.ended();
    EXPECT_EQ(errors.sentence(), "");
}

TEST(DecodeErrors, RefusedPacketsWithinTheMusicAreNamedWithTheirTime) {
    DecodeErrors errors;
    errors.decoded();
    errors.refused(12.3, 0.026);
    errors.refused(12.3, 0.026);
    errors.decoded();
    errors.refused(40.0, 0.026);
    errors.decoded();
    errors.ended();
    EXPECT_EQ(errors.sentence(), "3 packets could not be decoded, the first at 12.3 s");
}

TEST(DecodeErrors, ATagBehindTheMusicIsNoLossButASecondOfPacketsIs) {
    DecodeErrors tag;
    tag.decoded();
    tag.refused(60.0, 0.026);
    tag.ended();
    EXPECT_EQ(tag.sentence(), "");

    DecodeErrors music;
    music.decoded();
    for (int i = 0; i < 40; ++i) music.refused(60.0, 0.026);
    music.ended();
    EXPECT_EQ(music.sentence(), "40 packets could not be decoded, the first at 60.0 s");
}

}  // namespace
}  // namespace melvit
