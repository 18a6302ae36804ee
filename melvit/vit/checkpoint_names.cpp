#include "melvit/vit/checkpoint_names.h"

#include <algorithm>

namespace melvit {
namespace {

// A column for each naming would be too wide; the rows of all of them stand in the order of VitModule:
// patch, class token, positions, norm1, qkv, proj, norm2, fc1, fc2, norm.

constexpr std::array<std::string_view, kVitModules> kTimm{
    "patch_embed.proj.",   "cls_token",       "pos_embed",         "blocks.#.norm1.",   "blocks.#.attn.qkv.",
    "blocks.#.attn.proj.", "blocks.#.norm2.", "blocks.#.mlp.fc1.", "blocks.#.mlp.fc2.", "norm."};

// The published weights call the MLP's layers linear_1 and linear_2; models built since torchvision 0.13 call
// them 0 and 3.
constexpr std::array<std::string_view, kVitModules> kTorchvisionPublished{
    "conv_proj.",
    "class_token",
    "encoder.pos_embedding",
    "encoder.layers.encoder_layer_#.ln_1.",
    "encoder.layers.encoder_layer_#.self_attention.in_proj_",
    "encoder.layers.encoder_layer_#.self_attention.out_proj.",
    "encoder.layers.encoder_layer_#.ln_2.",
    "encoder.layers.encoder_layer_#.mlp.linear_1.",
    "encoder.layers.encoder_layer_#.mlp.linear_2.",
    "encoder.ln."};

constexpr std::array<std::string_view, kVitModules> kTorchvision = [] {
    auto modules = kTorchvisionPublished;
    modules[static_cast<std::size_t>(VitModule::fc1)] = "encoder.layers.encoder_layer_#.mlp.0.";
    modules[static_cast<std::size_t>(VitModule::fc2)] = "encoder.layers.encoder_layer_#.mlp.3.";
    return modules;
}();

constexpr std::array<std::string_view, kVitModules> kHuggingFace{"embeddings.patch_embeddings.projection.",
                                                                 "embeddings.cls_token",
                                                                 "embeddings.position_embeddings",
                                                                 "encoder.layer.#.layernorm_before.",
                                                                 "encoder.layer.#.attention.attention.{q}.",
                                                                 "encoder.layer.#.attention.output.dense.",
                                                                 "encoder.layer.#.layernorm_after.",
                                                                 "encoder.layer.#.intermediate.dense.",
                                                                 "encoder.layer.#.output.dense.",
                                                                 "layernorm."};

constexpr std::array<CheckpointNames, 5> kNames{{
    {"timm", "", kTimm, {"head.", "pre_logits."}},
    {"torchvision", "", kTorchvisionPublished, {"heads."}},
    {"torchvision", "", kTorchvision, {"heads."}},
    {"Hugging Face", "vit.", kHuggingFace, {"classifier.", "vit.pooler."}},
    {"Hugging Face", "", kHuggingFace, {"pooler."}},
}};

std::string with(std::string text, std::string_view mark, std::string_view replacement) {
    const std::size_t at = text.find(mark);
    if (at != std::string::npos) text.replace(at, mark.size(), replacement);
    return text;
}

}  // namespace

std::span<const CheckpointNames> known_checkpoint_names() {
    return kNames;
}

std::vector<std::string> tensor_names(const CheckpointNames& names, const WeightSlot& slot) {
    const std::string_view module = names.modules[static_cast<std::size_t>(slot.module)];
    std::string name = std::string(names.prefix) + with(std::string(module), "#", std::to_string(slot.block));
    if (name.ends_with('.') || name.ends_with('_')) name += slot.is_bias ? "bias" : "weight";
    if (name.find("{q}") == std::string::npos) return {name};
    return {with(name, "{q}", "query"), with(name, "{q}", "key"), with(name, "{q}", "value")};
}

bool is_ignored(const CheckpointNames& names, std::string_view tensor) {
    return std::ranges::any_of(names.ignored, [&](std::string_view beginning) {
        return !beginning.empty() && tensor.starts_with(beginning);
    });
}

}  // namespace melvit
