#include "melvit/core/numeric_identity.h"

#include "melvit/core/build_target.h"

#include "tests/support/test_files.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

NumericIdentity identity_of(const std::string& precision) {
    NumericIdentity identity;
    identity.precision = precision;
    identity.instructions = "avx2";
    identity.factors = precision == "int8" ? "u8 x s8" : "f32 x f32";
    return identity;
}

std::string complaint(const NumericIdentity& begun, const NumericIdentity& now) {
    try {
        check_same_identity(begun, now, "S");
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(NumericIdentity, ItsJsonGivesItBack) {
    const NumericIdentity identity = identity_of("int8");
    EXPECT_EQ(identity_from_json(config_to_json(identity), "S"), identity);
    EXPECT_THROW(identity_from_json({}, "S"), Error);
}

TEST(NumericIdentity, TwoThatDifferAreBothNamed) {
    const NumericIdentity int8 = identity_of("int8");
    EXPECT_EQ(complaint(int8, int8), "");
    EXPECT_EQ(
        complaint(int8, identity_of("fp32")),
        "S: needs the precision that it was begun with to go on (--precision int8), it was begun with int8 "
        "on avx2 (factors u8 x s8), now it is fp32 on avx2 (factors f32 x f32)");
    NumericIdentity other = int8;
    other.instructions = "sse41";
    other.decoder = "libavcodec 60";
    EXPECT_EQ(
        complaint(int8, other),
        "S: needs the processor and the program that it was begun with to go on, it was begun with int8 on "
        "avx2 (decoder none), now it is int8 on sse41 (decoder libavcodec 60)");
}

TEST(NumericIdentity, EachFieldMakesItAnother) {
    for_each_field<NumericIdentity>([](const auto& field) {
        NumericIdentity other = identity_of("fp32");
        other.*field.member = "other";
        EXPECT_NE(other, identity_of("fp32")) << field.name;
        EXPECT_NE(config_text(other), config_text(identity_of("fp32"))) << field.name;
        EXPECT_NE(complaint(identity_of("fp32"), other).find("other"), std::string::npos) << field.name;
    });
}

TEST(BuildTarget, NamesItsInstructions) {
    EXPECT_EQ(instruction_names(0), "");
    EXPECT_EQ(instruction_names(0b1100), "avx2 fma");
    EXPECT_NE(build_text().find(" for "), std::string::npos);
}

}  // namespace
}  // namespace melvit
