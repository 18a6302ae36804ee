#include "melvit/audio/losses.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

TEST(Losses, RefusedPacketsInFrontOfTheMusicAreNoLoss) {
    Losses losses;
    for (int i = 0; i < 100; ++i) losses.refused(0, 0.026);
    losses.decoded();
    losses.ended();
    EXPECT_EQ(losses.sentence(), "");
}

TEST(Losses, RefusedPacketsWithinTheMusicAreNamedWithTheirTime) {
    Losses losses;
    losses.decoded();
    losses.refused(12.3, 0.026);
    losses.refused(12.3, 0.026);
    losses.decoded();
    losses.refused(40.0, 0.026);
    losses.decoded();
    losses.ended();
    EXPECT_EQ(losses.sentence(), "3 packets could not be decoded, the first at 12.3 s");
}

TEST(Losses, ATagBehindTheMusicIsNoLossButASecondOfPacketsIs) {
    Losses tag;
    tag.decoded();
    tag.refused(60.0, 0.026);
    tag.ended();
    EXPECT_EQ(tag.sentence(), "");

    Losses music;
    music.decoded();
    for (int i = 0; i < 40; ++i) music.refused(60.0, 0.026);
    music.ended();
    EXPECT_EQ(music.sentence(), "40 packets could not be decoded, the first at 60.0 s");
}

}  // namespace
}  // namespace melvit
