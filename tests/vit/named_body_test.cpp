#include "melvit/core/file.h"
#include "melvit/vit/body.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"
#include "tests/vit/formula.h"

#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>

namespace melvit {
namespace {

using namespace test;

TEST(RandomBody, is_a_function_of_its_size_and_seed) {
    const Body one = load_body("random:vit_ti_16:1");
    EXPECT_EQ(one.sha256, load_body("random:vit_ti_16:1").sha256);
    EXPECT_NE(one.sha256, load_body("random:vit_ti_16:2").sha256);
    EXPECT_EQ(load_body("random:vit_ti_16").sha256, load_body("random:vit_ti_16:0").sha256);
    EXPECT_EQ(one.name, "random:vit_ti_16:1");
    EXPECT_EQ(one.config, vit_config_of("vit_ti_16"));
}

TEST(RandomBody, has_normal_weights_cut_at_two_deviations) {
    const ParameterSet parameters = random_vit_parameters(vit_config_of("vit_ti_16"), 5);
    double sum = 0;
    double squares = 0;
    float largest = 0;
    const auto values = parameters["blocks.3.mlp.fc1.weight"].values();
    for (const float value : values) {
        sum += value;
        squares += static_cast<double>(value) * value;
        largest = std::max(largest, std::abs(value));
    }
    const auto count = static_cast<double>(values.size());
    // A normal distribution truncated at 1.96 standard deviations keeps 0.8706 of its standard deviation; 147 456 numbers settle it to 0.3 %.
    EXPECT_NEAR(std::sqrt(squares / count), 0.8706 * 0.02, 0.0001);
    EXPECT_NEAR(sum / count, 0, 0.0002);
    EXPECT_LE(largest, 1.96F * 0.02F);
    EXPECT_GT(largest, 1.95F * 0.02F);
}

TEST(RandomBody, begins_with_norms_of_one_and_biases_of_zero) {
    const ParameterSet parameters = random_vit_parameters(small_config(), 5);
    EXPECT_EQ(parameters["norm.weight"](0, 39), 1.0F);
    EXPECT_EQ(parameters["blocks.1.norm2.weight"](0, 0), 1.0F);
    EXPECT_EQ(parameters["blocks.1.attn.qkv.bias"](0, 5), 0.0F);
    EXPECT_EQ(parameters["patch_embed.proj.bias"](0, 5), 0.0F);
    EXPECT_NE(parameters["cls_token"](0, 5), 0.0F);
    EXPECT_NE(parameters["blocks.0.mlp.fc1.weight"](0, 0), parameters["blocks.1.mlp.fc1.weight"](0, 0));
}

TEST(RandomBody, refuses_unknown_sizes_and_seeds) {
    EXPECT_TRUE(holds(error_of([] { load_body("random:vit_x"); }), "vit_ti_16, vit_s_16, vit_b_16"));
    EXPECT_TRUE(holds(error_of([] { load_body("random:"); }), "vit_b_16"));
    for (const char* seed : {"", "x", "1x", "-1", " 1", "18446744073709551616"}) {
        EXPECT_TRUE(
            holds(error_of([&] { load_body(std::string("random:vit_ti_16:") + seed); }), "needs a seed"));
    }
}

/// Sets an environment variable for one test.
class Environment {
public:
    Environment(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    ~Environment() { ::unsetenv(name_); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    const char* name_;
};

TEST(BodyFolder, follows_the_environment) {
    const Environment home("HOME", "/h");
    EXPECT_EQ(body_folder(), "/h/.local/share/melvit/bodies");
    const Environment data("XDG_DATA_HOME", "/d");
    EXPECT_EQ(body_folder(), "/d/melvit/bodies");
    const Environment own("MELVIT_HOME", "/m");
    EXPECT_EQ(body_folder(), "/m/bodies");
}

TEST(BodyFolder, gives_a_fetched_body_by_its_name) {
    const TempFolder folder;
    const Environment own("MELVIT_HOME", folder.path());
    make_folder(body_folder());
    write_body(body_folder() / "vit_b_16.safetensors",
               Body{"small", "", small_config(), random_vit_parameters(small_config(), 7)});
    EXPECT_EQ(load_body("vit_b_16").name, "vit_b_16");
}

TEST(BodyFolder, says_how_to_fetch_what_it_lacks) {
    const TempFolder folder;
    const Environment own("MELVIT_HOME", folder.path());
    EXPECT_TRUE(holds(error_of([] { load_body("vit_b_16"); }), "`melvit fetch vit_b_16`"));
    EXPECT_TRUE(holds(error_of([] { load_body("vit_b_17"); }), "one of vit_b_16, vit_l_16"));
    EXPECT_TRUE(holds(error_of([] { load_body(""); }), "one of vit_b_16"));
    EXPECT_TRUE(holds(error_of([] { load_body("none.safetensors"); }), "No such file"));
    EXPECT_TRUE(holds(error_of([] { load_body("../vit_b_16"); }), "No such file"));
}

}  // namespace
}  // namespace melvit
