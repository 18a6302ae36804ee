#include "melvit/search/parameter_text.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

TEST(ParameterTextTest, WritesValuesAsPeopleReadThem) {
    EXPECT_EQ(value_text(0.0026000000000000003), "0.0026");
    EXPECT_EQ(value_text(0.0031622776601683794), "0.003162");
    EXPECT_EQ(value_text(1234567), "1234567");
    EXPECT_EQ(value_text(1e6), "1000000");
    EXPECT_EQ(value_text(0.0), "0");
    EXPECT_EQ(value_text("adam"), "adam");
    EXPECT_EQ(value_text(true), "true");
    EXPECT_EQ(value_text(nullptr), "none");
    EXPECT_EQ(parameters_text({{"lr", 1e-05}, {"hidden", 512}}), "lr 1e-05, hidden 512");
}

}  // namespace
}  // namespace melvit
