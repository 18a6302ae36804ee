#include "melvit/vit/checkpoint_names.h"

#include <algorithm>
#include <charconv>

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

constexpr std::array<CheckpointNames, 4> kNames{{
    {"timm", kTimm, {"patch_embed.", "blocks."}},
    {"torchvision", kTorchvisionPublished, {"conv_proj.", "encoder."}},
    {"torchvision", kTorchvision, {"conv_proj.", "encoder."}},
    {"Hugging Face", kHuggingFace, {"embeddings.", "encoder."}},
}};

/// A beginning of a word in a name, and what stands under it.
struct Computation {
    std::string_view word;
    std::string_view what;
};

constexpr std::string_view kLayerScale = "LayerScale";
constexpr std::string_view kRegisters = "register tokens";
constexpr std::string_view kPositions = "relative or rotary positions";
constexpr std::string_view kStartNorm = "a norm before the first block";
constexpr std::string_view kDistillation =
    "a second token for distillation, which DeiT's distilled models have";
constexpr std::string_view kGated = "a gated MLP";
constexpr std::string_view kAdapter = "LoRA weights beside those that they change: merge them and save again";
constexpr std::string_view kQuantised = "quantised weights: give those in floating point";

constexpr std::array<Computation, 32> kComputations{{
    {"dist_token", kDistillation},
    {"distillation_token", kDistillation},
    {"reg_token", kRegisters},
    {"register", kRegisters},
    {"storage_tokens", kRegisters},
    {"ls1", kLayerScale},
    {"ls2", kLayerScale},
    {"gamma", kLayerScale},
    {"layer_scale", kLayerScale},
    {"lambda", kLayerScale},
    {"q_norm", "a norm of queries and keys"},
    {"k_norm", "a norm of queries and keys"},
    {"q_bias", "biases of queries and values alone"},
    {"v_bias", "biases of queries and values alone"},
    {"rel_pos", kPositions},
    {"relative_position", kPositions},
    {"rope", kPositions},
    {"freqs", kPositions},
    {"norm_pre", kStartNorm},
    {"pre_norm", kStartNorm},
    {"ln_pre", kStartNorm},
    {"pre_layrnorm", kStartNorm},
    {"fc_norm", "a norm after the patches' mean in place of one before it"},
    {"fc1_g", kGated},
    {"fc1_x", kGated},
    {"w12", kGated},
    {"weights_in", kGated},
    {"lora", kAdapter},
    {"base_layer", kAdapter},
    {"zero_point", kQuantised},
    {"SCB", kQuantised},
    {"_packed_params", kQuantised},
}};

/// Buffers, and what only pretraining uses.
constexpr std::array<std::string_view, 3> kUnneeded{"position_ids", "mask_token", "num_batches_tracked"};

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
    std::string name = with(std::string(module), "#", std::to_string(slot.block));
    if (name.ends_with('.') || name.ends_with('_')) name += slot.is_bias ? "bias" : "weight";
    if (name.find("{q}") == std::string::npos) return {name};
    return {with(name, "{q}", "query"), with(name, "{q}", "key"), with(name, "{q}", "value")};
}

int block_number(const CheckpointNames& names, std::string_view tensor) {
    const std::string_view module = names.modules[static_cast<std::size_t>(VitModule::norm1)];
    const std::string_view beginning = module.substr(0, module.find('#'));
    if (!tensor.starts_with(beginning)) return -1;
    const std::string_view rest = tensor.substr(beginning.size());
    int number = -1;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    return error == std::errc{} && number >= 0 ? number : -1;
}

std::string_view other_computation(std::string_view tensor) {
    while (!tensor.empty()) {
        for (const auto& [word, what] : kComputations) {
            if (tensor.starts_with(word)) return what;
        }
        const std::size_t dot = tensor.find('.');
        tensor.remove_prefix(dot == std::string_view::npos ? tensor.size() : dot + 1);
    }
    return "";
}

bool is_needed(const CheckpointNames& names, std::string_view tensor) {
    const std::string_view last = tensor.substr(tensor.rfind('.') + 1);
    if (std::ranges::find(kUnneeded, last) != kUnneeded.end()) return false;
    const auto is_inside = [&](std::string_view beginning) { return tensor.starts_with(beginning); };
    return std::ranges::any_of(names.inside, is_inside) ||
           !other_computation(tensor.substr(0, tensor.find('.'))).empty();
}

}  // namespace melvit
