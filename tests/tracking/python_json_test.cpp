#include "melvit/tracking/python_json.h"

#include "melvit/core/random.h"

#include "peer.h"
#include "tests/support/test_files.h"

#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace melvit {
namespace {

/// What python3 -c "print(repr(x))" prints.
const std::vector<std::pair<double, std::string>> kPythonPrints = {
    {0.0, "0.0"},
    {-0.0, "-0.0"},
    {1.0, "1.0"},
    {-1.5, "-1.5"},
    {0.1, "0.1"},
    {100.0, "100.0"},
    {0.0001, "0.0001"},
    {0.00012, "0.00012"},
    {1e-05, "1e-05"},
    {1.5e-07, "1.5e-07"},
    {1e15, "1000000000000000.0"},
    {123456789012345.6, "123456789012345.6"},
    {9999999999999998.0, "9999999999999998.0"},
    {1e16, "1e+16"},
    {1.2345678901234568e+17, "1.2345678901234568e+17"},
    {1e22, "1e+22"},
    {5e-324, "5e-324"},
    {1.7976931348623157e+308, "1.7976931348623157e+308"},
    {2.2250738585072014e-308, "2.2250738585072014e-308"},
    {1.0 / 3, "0.3333333333333333"},
    {1700000010.0, "1700000010.0"},
    {0.0026000000000000003, "0.0026000000000000003"},
};

TEST(GoldenPythonJson, NumbersArePrintedAsPythonPrintsThem) {
    for (const auto& [value, text] : kPythonPrints) {
        EXPECT_EQ(python_float(value), text);
        EXPECT_EQ(python_json(value), text);
    }
}

TEST(GoldenPythonJson, DocumentsArePrintedAsJsonDumpsPrintsThem) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const nlohmann::ordered_json document = {{"a", {1, 2.0, NAN, kInfinity, -kInfinity}},
                                             {"b", nullptr},
                                             {"c", true},
                                             {"d", "\u00e9\"\\\n\t\x7f\U0001F3B5/"},
                                             {"e", nlohmann::ordered_json::object()},
                                             {"f", nlohmann::ordered_json::array()},
                                             {"g", std::numeric_limits<std::uint64_t>::max()},
                                             {"h", -5}};
    EXPECT_EQ(python_json(document),
              R"({"a": [1, 2.0, NaN, Infinity, -Infinity], "b": null, "c": true, "d": "\u00e9\"\\\n\t\u007f)"
              R"(\ud83c\udfb5/", "e": {}, "f": [], "g": 18446744073709551615, "h": -5})");
}

TEST(PythonJsonTest, BytesThatAreNoUtf8BecomeTheReplacementCharacter) {
    EXPECT_EQ(python_json("a\xFF"), R"("a\ufffd")");
}

TEST(PythonJsonTest, TextIsPrintedAsStrPrintsIt) {
    EXPECT_EQ(python_text("cosine"), "cosine");
    EXPECT_EQ(python_text(true), "True");
    EXPECT_EQ(python_text(nullptr), "None");
    EXPECT_EQ(python_text(64), "64");
    EXPECT_EQ(python_text(NAN), "nan");
    EXPECT_EQ(python_floats(std::vector<double>{1, 2.5, -HUGE_VAL}), "[1.0, 2.5, -inf]");
    EXPECT_EQ(python_floats({}), "[]");
}

TEST(PythonJsonTest, PythonItselfPrintsTwentyThousandNumbersAlike) {
    const test::TempFolder folder;
    Random random(1, 0);
    std::string lines;
    std::size_t count = 0;
    for (int i = 0; i < 20000; ++i) {
        // Half of all bit patterns, half of the size that losses and rates have.
        const double value = i % 2 == 0 ? std::bit_cast<double>(random.bits())
                                        : std::ldexp(static_cast<double>(random.bits() >> 11U), -60);
        if (std::isnan(value)) continue;
        lines += fmt::format("{:016x} {}\n", std::bit_cast<std::uint64_t>(value), python_float(value));
        ++count;
    }
    test::write_quickly(folder / "numbers", lines);
    const test::PeerSays says = test::ask_peer("read_back_python.py", {(folder / "numbers").string()});
    EXPECT_EQ(says.code, 0);
    EXPECT_EQ(says.out, fmt::format("{}\n", count));
}

}  // namespace
}  // namespace melvit
