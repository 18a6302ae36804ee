#include "melvit/core/file.h"
#include "melvit/vit/weight_file.h"

#include "tests/support/errors.h"
#include "tests/support/torch_writer.h"
#include "tests/vit/checkpoint_writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

// Checkpoints as training scripts leave them: prefixes, wrappers, other tensors and plain data beside a ViT.

namespace melvit {
namespace {

using namespace test;

Tensors with_prefix(const Tensors& tensors, const std::string& prefix) {
    Tensors result;
    for (const auto& [name, tensor] : tensors) result[prefix + name] = tensor;
    return result;
}

Tensors both(Tensors one, const Tensors& other) {
    one.insert(other.begin(), other.end());
    return one;
}

/// Each library's names of the same small ViT.
std::vector<Tensors> namings() {
    return {timm_tensors(), renamed(timm_tensors(), torchvision_names("mlp.0", "mlp.3")),
            renamed(timm_tensors(), torchvision_names("mlp.linear_1", "mlp.linear_2")),
            hugging_face_tensors("")};
}

Body body_of_tensors(const Tensors& tensors, const std::string& key = "") {
    const TempFolder folder;
    write_tensors(folder / "body.safetensors", tensors);
    return load_body(body_spec(folder / "body.safetensors", key));
}

std::string error_of_tensors(const Tensors& tensors, const std::string& key = "") {
    return error_of([&] { body_of_tensors(tensors, key); });
}

/// A ViT of other weights, such as a teacher beside its student.
Tensors other_vit() {
    Tensors tensors = timm_tensors();
    tensors["cls_token"].values[0] += 1;
    return tensors;
}

TEST(Checkpoint, is_found_under_every_prefix) {
    for (const Tensors& tensors : namings()) {
        const std::string digest = digest_of_file(tensors);
        for (const char* prefix : {"module.", "model.", "_orig_mod.", "backbone.", "encoder.", "vit.",
                                   "deit.", "student.", "module.encoder.vit.", "model._orig_mod.backbone.",
                                   "base_model.model.", "encoder.layers.", "my_own_name_7.", "0."}) {
            EXPECT_EQ(digest_of_file(with_prefix(tensors, prefix)), digest) << prefix;
        }
    }
}

TEST(Checkpoint, is_found_through_wrappers_inside_its_names) {
    const std::string digest = digest_of_file(timm_tensors());
    for (const char* wrapper :
         {"_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "module"}) {
        const Replacements names{{"attn.", fmt::format("{}.attn.", wrapper)},
                                 {"patch_embed.", fmt::format("patch_embed.{}.", wrapper)}};
        EXPECT_EQ(digest_of_file(renamed(timm_tensors(), names)), digest) << wrapper;
    }
}

TEST(Checkpoint, passes_over_what_the_blocks_do_without_and_says_so) {
    const Tensor any{{2}, {1, 2}};
    for (const Tensors& tensors : namings()) {
        const std::string digest = digest_of_file(tensors);
        EXPECT_TRUE(body_of_tensors(tensors).notes.empty());
        for (const char* name :
             {"head.weight", "heads.head.bias", "classifier.weight", "fc.weight", "head_dist.weight",
              "pooler.dense.bias", "mask_token", "decoder_blocks.0.norm1.weight", "decoder_pos_embed",
              "bn.num_batches_tracked", "embeddings.position_ids", "projection_head.layers.0.weight",
              "criterion.center", "queue"}) {
            Tensors more = with_prefix(tensors, "model.");
            more[std::string("model.") + name] = any;
            const Body body = body_of_tensors(more);
            EXPECT_EQ(body.sha256, digest) << name;
            ASSERT_EQ(body.notes.size(), 1U) << name;
            EXPECT_TRUE(holds(body.notes[0], fmt::format("a tensor that the ViT does without is passed over: "
                                                         "model.{}",
                                                         name)));
        }
    }
}

TEST(Checkpoint, counts_what_it_passes_over_and_names_the_first) {
    Tensors tensors = with_prefix(timm_tensors(), "model.");
    for (const char* name : {"a", "b", "c", "d"}) tensors[std::string("head.") + name] = {{1}, {1}};
    const Body body = body_of_tensors(tensors);
    ASSERT_EQ(body.notes.size(), 1U);
    EXPECT_TRUE(holds(body.notes[0],
                      "4 tensors that the ViT does without are passed over: head.a, head.b, head.c, ..."));
}

TEST(Checkpoint, refuses_what_computes_something_else_with_its_cause) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"blocks.0.ls1.gamma", "LayerScale"},
        {"blocks.1.gamma_2", "LayerScale"},
        {"blocks.0.attn.q_norm.weight", "a norm of queries and keys"},
        {"blocks.0.attn.relative_position_bias_table", "relative or rotary positions"},
        {"rel_pos_bias.relative_position_bias_table", "relative or rotary positions"},
        {"reg_token", "register tokens"},
        {"norm_pre.weight", "a norm before the first block"},
        {"blocks.0.attn.qkv.lora_A.weight", "merge them"},
        {"fc_norm.weight", "a norm after the patches' mean"},
        {"blocks.0.something_new.weight", ""},
        {"patch_embed.norm.weight", ""}};
    for (const auto& [name, cause] : cases) {
        Tensors tensors = timm_tensors();
        tensors[name] = {{1}, {1}};
        const std::string error = error_of_tensors(with_prefix(tensors, "module."));
        EXPECT_TRUE(holds(error, "it also holds module." + name));
        EXPECT_TRUE(holds(error, cause));
    }
}

TEST(Checkpoint, has_two_tokens_where_a_distillation_token_lies_beside_the_class_token) {
    Tensors tensors = timm_tensors();
    tensors["dist_token"] = {{1, 1, 64}, AlignedFloats(64, 0.5F)};
    tensors["pos_embed"] = {{1, 198, 64}, AlignedFloats(std::size_t{198} * 64, 0.25F)};
    tensors["head_dist.weight"] = {{1}, {1}};
    const Body body = body_of_tensors(with_prefix(tensors, "model."));
    EXPECT_EQ(body.config.prefix_tokens, 2);
    EXPECT_EQ(body.config.tokens(), 198U);
    EXPECT_EQ(body.parameters["dist_token"](0, 63), 0.5F);
    tensors["pos_embed"] = {{1, 197, 64}, AlignedFloats(std::size_t{197} * 64)};
    EXPECT_TRUE(holds(error_of_tensors(tensors),
                      "needs positions of a square grid of patches, with those of 2 tokens before them or "
                      "without (198 for 14 x 14 patches), pos_embed has 197"));
}

TEST(Checkpoint, of_other_patches_is_used_with_them_on_a_picture) {
    Tensors tensors = timm_tensors();
    tensors["patch_embed.proj.weight"] = {{64, 3, 32, 32}, AlignedFloats(std::size_t{64} * 3 * 32 * 32)};
    tensors["pos_embed"] = {{1, 50, 64}, AlignedFloats(std::size_t{50} * 64)};
    const Body body = body_of_tensors(tensors);
    EXPECT_EQ(body.config.grid(), (PatchGrid{7, 7}));
    EXPECT_EQ(body.config.stride_rows, 32);
    EXPECT_TRUE(body.notes.empty());
}

TEST(Checkpoint, refuses_a_stated_config_that_cannot_be_or_does_not_fit) {
    const auto error_with = [](const std::string& config) {
        const TempFolder folder;
        write_tensors(folder / "body.safetensors", timm_tensors(), {{"vit", config}});
        return error_of([&] { load_body(folder / "body.safetensors"); });
    };
    EXPECT_TRUE(holds(error_with("{"), "\"vit\" in its metadata: needs to be JSON"));
    EXPECT_TRUE(holds(error_with(R"({"rotary": true})"), "it holds \"rotary\""));
    EXPECT_TRUE(holds(error_with(R"({"width": 64, "heads": 7})"), "needs metadata of a ViT that can be"));
    const std::string sizes = R"("width": 64, "heads": 1, "mlp_width": 32)";
    EXPECT_TRUE(holds(error_with(fmt::format("{{{}, \"depth\": 3}}", sizes)), "needs the tensor blocks.2"));
    EXPECT_TRUE(holds(error_with(fmt::format("{{{}, \"depth\": 2, \"patch_rows\": 8}}", sizes)),
                      "needs patch_embed.proj.weight of shape [64 x 3 x 8 x 16]"));
}

TEST(Checkpoint, names_the_cause_of_a_missing_tensor) {
    Tensors pooled = renamed(timm_tensors(), {{"norm.", "fc_norm."}});
    EXPECT_TRUE(holds(error_of_tensors(pooled),
                      "needs the tensor norm.weight of timm's ViT, it has none; "
                      "fc_norm.bias belongs to a norm after the patches' mean"));
    Tensors adapted = renamed(with_prefix(hugging_face_tensors(""), "base_model.model.vit."),
                              {{"query.", "query.base_layer."}});
    EXPECT_TRUE(holds(error_of_tensors(adapted), "belongs to LoRA weights"));
}

TEST(Checkpoint, asks_which_of_two_is_meant) {
    const Tensors two =
        both(with_prefix(timm_tensors(), "student."), with_prefix(other_vit(), "teacher.backbone."));
    EXPECT_TRUE(
        holds(error_of_tensors(two),
              "needs --body-key to say which ViT is meant, it holds several: student, teacher.backbone"));
    EXPECT_EQ(body_of_tensors(two, "student").sha256, digest_of_file(timm_tensors()));
    EXPECT_EQ(body_of_tensors(two, "teacher").sha256, digest_of_file(other_vit()));
    EXPECT_EQ(body_of_tensors(two, "teacher.backbone").sha256, digest_of_file(other_vit()));
    EXPECT_TRUE(
        holds(error_of_tensors(two, "teach"), "needs a ViT under \"teach\", it has one under student"));
    const Tensors nested = both(timm_tensors(), with_prefix(other_vit(), "ema."));
    EXPECT_TRUE(holds(error_of_tensors(nested), "it holds several: ., ema"));
    EXPECT_EQ(body_of_tensors(nested, ".").sha256, digest_of_file(timm_tensors()));
}

TEST(Checkpoint, needs_no_key_where_two_have_the_same_weights_or_one_is_not_whole) {
    const std::string digest = digest_of_file(timm_tensors());
    EXPECT_EQ(digest_of_file(both(with_prefix(timm_tensors(), "a."), with_prefix(timm_tensors(), "b."))),
              digest);
    Tensors part = with_prefix(other_vit(), "part.");
    part.erase("part.norm.weight");
    EXPECT_EQ(digest_of_file(both(timm_tensors(), part)), digest);
}

TEST(Checkpoint, with_positions_of_another_grid_says_that_it_interpolates) {
    Tensors tensors = timm_tensors();
    AlignedFloats values(577 * 64, 0.5F);
    tensors["pos_embed"] = {{1, 577, 64}, values};
    const Body body = body_of_tensors(tensors);
    ASSERT_EQ(body.notes.size(), 1U);
    EXPECT_TRUE(holds(body.notes[0], "its positions of 24 x 24 patches are interpolated to 14 x 14"));
    const ParameterSet& parameters = body.parameters;
    EXPECT_EQ(parameters["pos_embed"].rows(), 197U);
    EXPECT_NEAR(parameters["pos_embed"](100, 3), 0.5F, 1e-6F);
    tensors["pos_embed"] = {{1, 196, 64}, AlignedFloats(std::size_t{196} * 64, 0.25F)};
    const Body without = body_of_tensors(tensors);
    EXPECT_TRUE(without.notes.empty());
    EXPECT_EQ(without.parameters["pos_embed"](0, 0), 0.0F);
    EXPECT_EQ(without.parameters["pos_embed"](1, 0), 0.25F);
}

// The same through torch.save.

/// The members of a .pth file and its pickle's values, with a storage for each tensor.
class TorchCheckpoint {
public:
    /// The opcodes of a state dict of these tensors.
    std::string state_dict(const Tensors& tensors) {
        std::vector<std::pair<std::string, std::string>> entries;
        for (const auto& [name, tensor] : tensors) entries.emplace_back(name, tensor_opcodes(tensor));
        return dict(entries);
    }

    std::string tensor_opcodes(const Tensor& values) {
        const std::string key = std::to_string(members_.size());
        const std::vector<float> floats(values.values.begin(), values.values.end());
        members_.push_back({.name = "m/data/" + key, .data = bytes_of(floats)});
        TensorSpec spec{.storage = {.key = key, .elements = static_cast<std::int64_t>(floats.size())},
                        .shape = {values.shape.begin(), values.shape.end()},
                        .strides = std::vector<std::int64_t>(values.shape.size(), 1)};
        for (std::size_t i = values.shape.size(); i-- > 1;)
            spec.strides[i - 1] = spec.strides[i] * static_cast<std::int64_t>(values.shape[i]);
        return tensor(spec);
    }

    Body body(const std::string& opcodes, const std::string& key = "") const {
        const TempFolder folder;
        std::vector<ZipMember> members = members_;
        members.push_back({.name = "m/data.pkl", .data = pickle(opcodes)});
        members.push_back({.name = "m/version", .data = "3\n"});
        write_quickly(folder / "last.ckpt", zip_of(members));
        return load_body(body_spec(folder / "last.ckpt", key));
    }

private:
    std::vector<ZipMember> members_;
};

/// argparse.Namespace(...) with one attribute.
const std::string kNamespace = global("argparse", "Namespace") + ")\x81}" + text("lr") + "K\x01" + "sb";

TEST(TorchCheckpoint, is_found_under_every_key_of_training_scripts) {
    const std::string digest = digest_of_file(timm_tensors());
    TorchCheckpoint file;
    const std::string state = file.state_dict(timm_tensors());
    for (const char* key : {"state_dict", "model", "teacher", "student", "model_ema", "ema", "net", "weights",
                            "module", "model_state_dict", "anything"}) {
        const std::string entries = dict({{"epoch", "K\x07"}, {key, state}, {"args", kNamespace}});
        EXPECT_EQ(file.body(entries).sha256, digest) << key;
        EXPECT_EQ(file.body(dict({{"outer", entries}})).sha256, digest) << key;
    }
    EXPECT_EQ(file.body(tuple({state, "K\x07"})).sha256, digest);
    const std::string attribute_dict =
        global("pytorch_lightning.utilities.parsing", "AttributeDict") + ")\x81";
    EXPECT_EQ(file.body(attribute_dict + text("state_dict") + state + "s").sha256, digest);
}

TEST(TorchCheckpoint, chooses_by_key_and_finds_a_shared_dict_once) {
    TorchCheckpoint file;
    const std::string state = file.state_dict(timm_tensors());
    const std::string ema = file.state_dict(other_vit());
    const std::string two = dict({{"model", state}, {"model_ema", ema}});
    EXPECT_TRUE(holds(error_of([&] { file.body(two); }), "it holds several: model, model_ema"));
    EXPECT_EQ(file.body(two, "model_ema").sha256, digest_of_file(other_vit()));
    EXPECT_EQ(file.body(dict({{"model", state + "q\x01"}, {"state_dict", "h\x01"}})).sha256,
              digest_of_file(timm_tensors()));
}

TEST(TorchCheckpoint, passes_over_the_state_of_an_optimiser) {
    TorchCheckpoint file;
    const std::string moments = dict({{"exp_avg", file.tensor_opcodes({{2}, {1, 2}})}});
    const std::string optimiser = dict({{"state", "}K\x01" + moments + "s"}});
    const Body body = file.body(dict({{"model", file.state_dict(timm_tensors())}, {"optimizer", optimiser}}));
    EXPECT_EQ(body.sha256, digest_of_file(timm_tensors()));
    ASSERT_EQ(body.notes.size(), 1U);
    EXPECT_TRUE(holds(body.notes[0], "optimizer.state.1.exp_avg"));
}

TEST(TorchCheckpoint, of_a_module_saved_whole_is_read_by_its_attributes) {
    TorchCheckpoint file;
    std::string parameters = "}";
    std::string modules = "}";
    for (const auto& [name, tensor] : timm_tensors()) {
        const std::size_t dot = name.rfind('.');
        if (dot == std::string::npos) {
            parameters += text(name) + file.tensor_opcodes(tensor) + "s";
            continue;
        }
        modules += text(name.substr(0, dot) + "." + name.substr(dot + 1)) + file.tensor_opcodes(tensor) + "s";
    }
    const std::string state = "}" + text("training") + "\x88s" + text("_parameters") + parameters + "s" +
                              text("_modules") + modules + "s";
    EXPECT_EQ(file.body(global("timm.models.vision_transformer", "VisionTransformer") + ")\x81" + state + "b")
                  .sha256,
              digest_of_file(timm_tensors()));
}

// Files of other kinds.

TEST(WeightFile, reads_all_parts_that_an_index_lists) {
    const TempFolder folder;
    Tensors one;
    Tensors two;
    for (const auto& [name, tensor] : timm_tensors()) (name < "blocks.1" ? one : two)[name] = tensor;
    write_tensors(folder / "model-00001-of-00002.safetensors", one);
    write_tensors(folder / "model-00002-of-00002.safetensors", two);
    const auto index = folder / "model.safetensors.index.json";
    write_quickly(index, R"({"metadata": {}, "weight_map": {"cls_token": "model-00002-of-00002.safetensors",
                             "blocks.0.norm1.weight": "model-00001-of-00002.safetensors"}})");
    EXPECT_EQ(load_body(index).sha256, digest_of_file(timm_tensors()));
    EXPECT_TRUE(holds(error_of([&] { load_body(folder / "model-00001-of-00002.safetensors"); }),
                      "give the .index.json that lies beside them and lists them, it is part 1 of 2"));
    write_quickly(index, R"({"weight_map": {"cls_token": "../model-00002-of-00002.safetensors"}})");
    EXPECT_TRUE(holds(error_of([&] { load_body(index); }), "in its own folder"));
    write_quickly(index, R"({"weight_map": {"cls_token": "none.safetensors"}})");
    EXPECT_TRUE(holds(error_of([&] { load_body(index); }), "No such file"));
    write_quickly(index, R"({"weight_map": 3})");
    EXPECT_TRUE(holds(error_of([&] { load_body(index); }), "needs \"weight_map\""));
}

TEST(WeightFile, names_a_file_of_another_kind_as_what_it_is) {
    std::string tar(512, '\0');
    tar.replace(257, 5, "ustar");
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "it is empty: its download or copy did not finish"},
        {"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3\n", "it is a Git LFS pointer"},
        {"<!DOCTYPE html>\n<html>", "it is a web page (HTML)"},
        {"\n  <HTML lang=\"en\">", "it is a web page (HTML)"},
        {"<?xml version=\"1.0\"?><Error>", "it is an XML text"},
        {"{\"error\": \"Repository not found\"}", "it is a JSON text"},
        {"Entry not found\n", "it is a text that begins with \"Entry not found\""},
        {"GGUF\x03", "it is a GGUF file"},
        {"\x89HDF\r\n\x1a\n....", "it is an HDF5 file"},
        {"\x08\x07\x12\x07pytorch", "it is an ONNX model"},
        {"\x81\xa6params", "it is a msgpack file"},
        {"\x1f\x8b\x08", "it is an archive: unpack it"},
        {std::string("\xFD\x37zXZ\0\0\0", 8), "it is an archive: unpack it"},
        {tar, "it is a tar archive"},
        {"\x93NUMPY\x01", "it is a single NumPy array"},
        {std::string("\x80\x04\x95\0\0", 5), "it is a plain pickle"},
        {"\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20j\xa8P\x19.", "convert it with python"},
        {"PK\x03\x04 and no end", "it is cut off"}};
    const TempFolder folder;
    for (const auto& [bytes, words] : cases) {
        for (const char* name : {"body.safetensors", "body.pth", "pytorch_model.bin"}) {
            write_quickly(folder / name, bytes);
            const std::string error = error_of([&] { load_body(folder / name); });
            EXPECT_TRUE(holds(error, words));
            EXPECT_TRUE(error.starts_with((folder / name).string() + ": needs to be a ")) << error;
        }
    }
}

TEST(WeightFile, tells_a_file_that_is_cut_off) {
    const TempFolder folder;
    write_tensors(folder / "whole.safetensors", timm_tensors());
    const std::string whole = bytes_of(folder / "whole.safetensors");
    for (const std::size_t length : {whole.size() - 1, whole.size() / 2, std::size_t{9}}) {
        write_quickly(folder / "cut.safetensors", whole.substr(0, length));
        EXPECT_THROW(load_body(folder / "cut.safetensors"), Error) << length;
    }
}

TEST(DataCheckpoint, of_every_training_script_has_the_digest_of_the_plain_one) {
    MELVIT_NEEDS_SHARED("data/cases/checkpoints-of-training-scripts/plain.pth");
    const auto folder = shared("data/cases/checkpoints-of-training-scripts");
    const std::string digest = load_body(folder / "plain.pth").sha256;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().filename() == "lfs_pointer.safetensors") {
            EXPECT_TRUE(holds(error_of([&] { load_body(entry.path()); }), "it is a Git LFS pointer"));
        } else {
            EXPECT_EQ(load_body(entry.path()).sha256, digest) << entry.path();
        }
    }
}

}  // namespace
}  // namespace melvit
