#include "melvit/tracking/setting_name.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

TEST(SettingNameTest, KnowsWhatOtherProgramsSay) {
    for (const char* name : {"lr", "LR", "learning_rate", "Learning-Rate", "training.lr"}) {
        EXPECT_EQ(setting_name(name), "lr") << name;
    }
    for (const char* name : {"weight_decay", "Weight_Decay", "WD", "weight-decay"}) {
        EXPECT_EQ(setting_name(name), "weight_decay") << name;
    }
    EXPECT_EQ(setting_name("head.Hidden_Size"), "hidden");
    EXPECT_EQ(setting_name("Speed"), "speed");
}

}  // namespace
}  // namespace melvit
