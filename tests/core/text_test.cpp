#include "melvit/core/text.h"

#include <gtest/gtest.h>
#include <limits>

namespace melvit {
namespace {

TEST(LowerCase, ChangesAsciiLettersAlone) {
    EXPECT_EQ(lower_case("Rock'N'ROLL [\xC3\x84]"), "rock'n'roll [\xC3\x84]");
}

TEST(Trimmed, KeepsWhatIsBetweenTheFirstAndTheLastLetter) {
    EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
    EXPECT_EQ(trimmed(" \n"), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(DecimalOf, IsTheNumberThatPeopleWrote) {
    EXPECT_EQ(decimal_of(0.0016F), 0.0016);
    EXPECT_EQ(decimal_of(-1e-10F), -1e-10);
    EXPECT_EQ(decimal_of(0.0F), 0.0);
    EXPECT_EQ(static_cast<float>(decimal_of(0.1F)), 0.1F);
    EXPECT_EQ(static_cast<float>(decimal_of(std::numeric_limits<float>::max())),
              std::numeric_limits<float>::max());
}

TEST(Printable, NamesBytesThatATerminalWouldObey) {
    EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
    EXPECT_EQ(printable(std::string(100, 'x')).size(), 83U);
}

TEST(Visible, KeepsTheWholeTextOnOneLine) {
    EXPECT_EQ(visible("a\nb\r\x1b[2J\x7F"), "a\\x0ab\\x0d\\x1b[2J\\x7f");
    EXPECT_EQ(visible("caf\xC3\xA9 \xC2\xA0 \xC2\x9B"
                      "2J"),
              "caf\xC3\xA9 \xC2\xA0 \\x9b2J");
    EXPECT_EQ(visible(std::string(100, 'x')).size(), 100U);
}

}  // namespace
}  // namespace melvit
