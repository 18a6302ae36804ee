#include "melvit/core/error.h"

#include "tests/kernels/levels.h"

#include <algorithm>

namespace melvit::kernels::test {
namespace {

TEST(Levels, TheHighestOfThisProcessorIsTakenWithoutALimit) {
    EXPECT_EQ(highest_level(std::nullopt), levels_here().back());
    EXPECT_EQ(highest_level(""), levels_here().back());
}

TEST(Levels, ALimitIsKept) {
    for (const IsaLevel level : levels_here()) EXPECT_EQ(highest_level(name_of(level)), level);
    // Above what the processor has, a limit changes nothing.
    EXPECT_EQ(highest_level("amx"), highest_level(std::nullopt));
}

TEST(Levels, ANameThatIsNoneIsRefusedWithThoseThatAre) {
    try {
        highest_level("avx9");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()).find("MELVIT_MAX_ISA: needs to be one of "), 0U) << error.what();
        EXPECT_NE(std::string(error.what()).find("avx2_vnni"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("it is \"avx9\""), std::string::npos);
    }
}

TEST(Levels, EachTableNamesItsOwn) {
    for (const IsaLevel level : levels_here()) EXPECT_EQ(kernels_of(level).level, level);
}

}  // namespace
}  // namespace melvit::kernels::test
