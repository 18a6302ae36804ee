#include "melvit/vit/body.h"

#include "melvit/core/file.h"
#include "melvit/core/safetensors.h"
#include "melvit/core/sha256.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"
#include "tests/vit/checkpoint_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <limits>

namespace melvit {
namespace {

using namespace test;

/// The error of a small timm checkpoint in which change(tensors) made something wrong.
std::string error_after(const std::function<void(Tensors&)>& change,
                        const std::map<std::string, std::string>& metadata = {}) {
    const TempFolder folder;
    Tensors tensors = timm_tensors();
    change(tensors);
    write_tensors(folder / "bad.safetensors", tensors, metadata);
    const std::string error = test::error_of([&] { load_body(folder / "bad.safetensors"); });
    EXPECT_TRUE(error.starts_with((folder / "bad.safetensors").string() + ": needs ")) << error;
    return error;
}

TEST(Body, comes_back_from_its_file_as_it_was) {
    const TempFolder folder;
    const Body body = distinct_body();
    write_body(folder / "small.safetensors", body);
    const Body loaded = load_body(folder / "small.safetensors");
    EXPECT_EQ(loaded.config, kSmall);
    EXPECT_EQ(loaded.name, "small");
    EXPECT_EQ(loaded.parameters.table(), body.parameters.table());
    EXPECT_TRUE(std::ranges::equal(loaded.parameters.values(), body.parameters.values()));
}

TEST(Body, keeps_a_number_of_heads_that_its_width_does_not_tell) {
    const TempFolder folder;
    const VitConfig config{.width = 48, .depth = 1, .heads = 3, .mlp_width = 96};
    write_body(folder / "small.safetensors", distinct_body(config));
    EXPECT_EQ(load_body(folder / "small.safetensors").config, config);
}

TEST(Body, has_the_digest_of_its_values_in_order) {
    const Body body = load_body("random:vit_ti_16:3");
    Sha256 sha;
    const auto add = [&](const std::string& name) {
        sha.add(std::as_bytes(std::as_const(body.parameters)[name].values()));
    };
    for (const char* name : {"patch_embed.proj.weight", "patch_embed.proj.bias", "cls_token", "pos_embed"})
        add(name);
    for (int block = 0; block < body.config.depth; ++block) {
        for (const char* module : {"norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2"}) {
            for (const char* part : {"weight", "bias"})
                add("blocks." + std::to_string(block) + "." + module + "." + part);
        }
    }
    add("norm.weight");
    add("norm.bias");
    EXPECT_EQ(body.sha256, sha.hex());
    // As melvit 0.1 gave it.
    EXPECT_EQ(body.sha256, "0cedc7788ec2860801e990d5374f17a82eb9b271fe210210dde371527465147f");
}

TEST(Body, is_the_same_under_the_names_of_every_library) {
    const std::string digest = digest_of_file(timm_tensors());
    EXPECT_EQ(digest_of_file(renamed(timm_tensors(), torchvision_names("mlp.0", "mlp.3"))), digest);
    EXPECT_EQ(digest_of_file(renamed(timm_tensors(), torchvision_names("mlp.linear_1", "mlp.linear_2"))),
              digest);
    EXPECT_EQ(digest_of_file(hugging_face_tensors("vit.")), digest);
    EXPECT_EQ(digest_of_file(hugging_face_tensors("")), digest);
}

TEST(Body, passes_over_the_classifier) {
    const std::string digest = digest_of_file(timm_tensors());
    const Tensor any{{2}, {1, 2}};
    Tensors timm = timm_tensors();
    timm["head.weight"] = timm["head.bias"] = any;
    EXPECT_EQ(digest_of_file(timm), digest);
    Tensors torchvision = renamed(timm_tensors(), torchvision_names("mlp.0", "mlp.3"));
    torchvision["heads.head.weight"] = any;
    EXPECT_EQ(digest_of_file(torchvision), digest);
    Tensors hugging_face = hugging_face_tensors("vit.");
    hugging_face["classifier.bias"] = hugging_face["vit.pooler.dense.bias"] = any;
    EXPECT_EQ(digest_of_file(hugging_face), digest);
}

TEST(Body, refuses_a_missing_tensor_by_its_own_name) {
    EXPECT_TRUE(test::holds(error_after([](Tensors& t) { t.erase("blocks.1.mlp.fc2.bias"); }),
                            "needs the tensor blocks.1.mlp.fc2.bias of timm's ViT, it has none"));
    EXPECT_TRUE(test::holds(error_after([](Tensors& t) { t.erase("norm.weight"); }), "norm.weight"));
    EXPECT_TRUE(test::holds(error_after([](Tensors& t) { t.erase("patch_embed.proj.weight"); }),
                            "patch_embed.proj.weight"));
    EXPECT_TRUE(test::holds(error_after([](Tensors& t) { t.erase("blocks.0.norm1.weight"); }),
                            "blocks.0.norm1.weight"));
}

TEST(Body, refuses_a_gap_between_its_blocks) {
    const std::string error = error_after([](Tensors& t) {
        for (const auto& [name, tensor] : Tensors(t)) {
            if (name.starts_with("blocks.1.")) t["blocks.2." + name.substr(9)] = tensor, t.erase(name);
        }
    });
    EXPECT_TRUE(test::holds(error, "needs the tensor blocks.1.norm1.weight"));
}

TEST(Body, refuses_tensors_that_compute_something_else) {
    const Tensor any{{1, 1, 64}, AlignedFloats(64)};
    for (const char* name :
         {"reg_token", "blocks.0.ls1.gamma", "blocks.0.attn.q_norm.weight", "fc_norm.weight"}) {
        EXPECT_TRUE(test::holds(error_after([&](Tensors& t) { t[name] = any; }),
                                std::string("it also holds ") + name));
    }
}

TEST(Body, refuses_patches_that_no_picture_has_and_grids_that_are_no_square) {
    const auto shape = [](const std::string& name, std::vector<std::size_t> sizes) {
        return [=](Tensors& t) { t[name] = {sizes, AlignedFloats(*checked_product(sizes))}; };
    };
    EXPECT_TRUE(
        test::holds(error_after(shape("patch_embed.proj.weight", {64, 3, 16, 225})),
                    "patches of pixels in 3 colours, at most 224 x 224 of them, its patch projection is "
                    "[64 x 3 x 16 x 225]"));
    EXPECT_TRUE(test::holds(error_after(shape("patch_embed.proj.weight", {64, 1, 16, 16})), "in 3 colours"));
    EXPECT_TRUE(test::holds(error_after(shape("pos_embed", {1, 198, 64})), "pos_embed has 198"));
    EXPECT_TRUE(test::holds(error_after(shape("pos_embed", {1, 14 * 18 + 1, 64})), "a square grid"));
    EXPECT_TRUE(test::holds(error_after(shape("pos_embed", {1, 0, 64})), "pos_embed has 0"));
    EXPECT_TRUE(test::holds(error_after(shape("pos_embed", {197, 64})),
                            "of shape [1 x 197 x 64], its shape is [197 x 64]"));
}

TEST(Body, refuses_shapes_that_do_not_fit_together) {
    const auto shape = [](const std::string& name, std::vector<std::size_t> sizes) {
        return [=](Tensors& t) { t[name] = {sizes, AlignedFloats(*checked_product(sizes))}; };
    };
    EXPECT_TRUE(test::holds(error_after(shape("blocks.1.attn.qkv.weight", {64, 192})),
                            "needs blocks.1.attn.qkv.weight of shape [192 x 64], its shape is [64 x 192]"));
    EXPECT_TRUE(test::holds(error_after(shape("blocks.0.mlp.fc1.weight", {})), "a single number"));
    EXPECT_TRUE(test::holds(error_after(shape("blocks.0.mlp.fc1.weight", {0, 64})), "MLP width of 1 to"));
    EXPECT_TRUE(test::holds(error_after(shape("patch_embed.proj.weight", {0, 3, 16, 16})), "width of 1 to"));
    EXPECT_TRUE(test::holds(error_after(shape("norm.bias", {1, 64})), "its shape is [1 x 64]"));
}

TEST(Body, refuses_a_number_of_heads_that_cannot_be) {
    const auto nothing = [](Tensors&) {};
    for (const char* heads : {"0", "-1", "7", "two", "", "1 ", "99999999999"}) {
        EXPECT_TRUE(test::holds(error_after(nothing, {{"heads", heads}}),
                                "needs a number of heads that divides its width 64"));
    }
    const TempFolder folder;
    write_tensors(folder / "odd.safetensors",
                  timm_tensors({.width = 48, .depth = 1, .heads = 3, .mlp_width = 96}));
    EXPECT_TRUE(
        test::holds(test::error_of([&] { load_body(folder / "odd.safetensors"); }), "multiple of 64"));
}

TEST(Body, refuses_weights_that_are_no_numbers) {
    for (const float odd :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        EXPECT_TRUE(
            test::holds(error_after([&](Tensors& t) { t["blocks.1.mlp.fc1.weight"].values.back() = odd; }),
                        "needs weights that are finite numbers, blocks.1.mlp.fc1.weight holds"));
    }
}

TEST(Body, refuses_tensors_of_whole_numbers) {
    const TempFolder folder;
    std::vector<TensorToWrite> list;
    const Tensors tensors = timm_tensors();
    const std::vector<std::byte> bytes(64);
    for (const auto& [name, tensor] : tensors) {
        const bool is_odd = name == "norm.bias";
        list.push_back({name, is_odd ? ElementType::u8 : ElementType::f32, tensor.shape,
                        is_odd ? std::span(bytes) : std::as_bytes(std::span(tensor.values))});
    }
    write_safetensors(folder / "odd.safetensors", list, {});
    EXPECT_TRUE(test::holds(test::error_of([&] { load_body(folder / "odd.safetensors"); }),
                            "needs floating-point elements, it holds U8"));
}

TEST(Body, refuses_a_file_without_a_vit) {
    const std::string error = error_after([](Tensors& t) { t = {{"conv1.weight", {{1}, {1}}}}; });
    EXPECT_TRUE(test::holds(error, "timm's, torchvision's or Hugging Face's names, it holds conv1.weight"));
    EXPECT_TRUE(test::holds(error_after([](Tensors& t) { t.clear(); }), "it holds no tensor"));
}

// The digest is torch's: tools/make_golden_weights.py prints it.
TEST(GoldenBody, has_the_values_that_torch_saved_in_half_precision) {
    const Body body = load_body(test::golden("torch_vit.pth"));
    EXPECT_EQ(body.sha256, "6fb5db3c2f428f54e071f722b4f033d37979aaca9670526eadc0993cdaa5c201");
    EXPECT_EQ(body.config, (VitConfig{.width = 64, .depth = 2, .heads = 1, .mlp_width = 32}));
}

TEST(GoldenBody, is_the_same_from_pth_and_from_the_safetensors_made_of_it) {
    const TempFolder folder;
    const Body body = load_body(test::golden("torch_vit.pth"));
    write_body(folder / "same.safetensors", body);
    EXPECT_EQ(load_body(folder / "same.safetensors").sha256, body.sha256);
}

TEST(DataBody, reads_the_real_vit_of_timm) {
    MELVIT_NEEDS_SHARED("weights/vit_tiny_patch16_224.safetensors");
    const Body body = load_body(test::shared("weights/vit_tiny_patch16_224.safetensors"));
    EXPECT_EQ(body.config, vit_config_of("vit_ti_16"));
    EXPECT_EQ(body.name, "vit_tiny_patch16_224");
}

std::string output_of(const std::string& command) {
    std::string output;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return output;
    std::array<char, 256> piece{};
    while (std::fgets(piece.data(), static_cast<int>(piece.size()), pipe) != nullptr) output += piece.data();
    return ::pclose(pipe) == 0 ? output : "";
}

TEST(DataBody, reads_a_whole_vit_b_16_as_torch_saves_it) {
    const char* chosen = std::getenv("MELVIT_PYTHON");
    const std::string python = chosen == nullptr ? "python3" : chosen;
    if (output_of(python + " -c 'import torchvision; print(1)' 2>/dev/null").empty()) {
        GTEST_SKIP() << "needs torch and torchvision in " << python << " (or in $MELVIT_PYTHON)";
    }
    const TempFolder folder;
    const std::string file = (folder / "vit_b_16.pth").string();
    const std::string tool = (test::golden("../../tools/make_golden_weights.py")).string();
    const std::string digest = output_of(python + " '" + tool + "' '" + file + "'");
    const Body body = load_body(file);
    EXPECT_EQ(body.sha256 + "\n", digest);
    EXPECT_EQ(body.config, vit_config_of("vit_b_16"));
}

}  // namespace
}  // namespace melvit
