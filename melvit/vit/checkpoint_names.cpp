#include "melvit/vit/checkpoint_names.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace melvit {
namespace {

constexpr std::array<NamePair, 1> kTimm{{{"blocks.#.norm1.", "blocks.#.norm1."}}};

// The published weights call the MLP's layers linear_1 and linear_2; models built since torchvision 0.13 call
// them 0 and 3.
constexpr std::array<NamePair, 10> kTorchvisionPublished{
    {{"blocks.#.norm1.", "encoder.layers.encoder_layer_#.ln_1."},
     {"patch_embed.proj.", "conv_proj."},
     {"cls_token", "class_token"},
     {"pos_embed", "encoder.pos_embedding"},
     {"blocks.#.attn.qkv.", "encoder.layers.encoder_layer_#.self_attention.in_proj_"},
     {"blocks.#.attn.proj.", "encoder.layers.encoder_layer_#.self_attention.out_proj."},
     {"blocks.#.norm2.", "encoder.layers.encoder_layer_#.ln_2."},
     {"blocks.#.mlp.fc1.", "encoder.layers.encoder_layer_#.mlp.linear_1."},
     {"blocks.#.mlp.fc2.", "encoder.layers.encoder_layer_#.mlp.linear_2."},
     {"norm.", "encoder.ln."}}};

constexpr std::array<NamePair, 10> kTorchvision = [] {
    auto pairs = kTorchvisionPublished;
    for (auto& [ours, theirs] : pairs) {
        if (ours == "blocks.#.mlp.fc1.") theirs = "encoder.layers.encoder_layer_#.mlp.0.";
        if (ours == "blocks.#.mlp.fc2.") theirs = "encoder.layers.encoder_layer_#.mlp.3.";
    }
    return pairs;
}();

constexpr std::array<NamePair, 11> kHuggingFace{
    {{"blocks.#.norm1.", "encoder.layer.#.layernorm_before."},
     {"patch_embed.proj.", "embeddings.patch_embeddings.projection."},
     {"cls_token", "embeddings.cls_token"},
     {"dist_token", "embeddings.distillation_token"},
     {"pos_embed", "embeddings.position_embeddings"},
     {"blocks.#.attn.qkv.", "encoder.layer.#.attention.attention.{q}."},
     {"blocks.#.attn.proj.", "encoder.layer.#.attention.output.dense."},
     {"blocks.#.norm2.", "encoder.layer.#.layernorm_after."},
     {"blocks.#.mlp.fc1.", "encoder.layer.#.intermediate.dense."},
     {"blocks.#.mlp.fc2.", "encoder.layer.#.output.dense."},
     {"norm.", "layernorm."}}};

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
constexpr std::string_view kGated = "a gated MLP";
constexpr std::string_view kAdapter = "LoRA weights beside those that they change: merge them and save again";
constexpr std::string_view kQuantised = "quantised weights: give those in floating point";

constexpr std::array<Computation, 30> kComputations{{
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

std::string_view digits_at(std::string_view text) {
    return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
}

/// A name that begins as a pattern says.
struct Match {
    std::string_view number;  ///< what stands in place of #
    std::string_view rest;    ///< what comes after
};

std::optional<Match> match(std::string_view pattern, std::string_view name) {
    const std::size_t mark = pattern.find('#');
    const std::string_view head = pattern.substr(0, mark);
    if (!name.starts_with(head)) return std::nullopt;
    name.remove_prefix(head.size());
    if (mark == std::string_view::npos) return Match{"", name};
    const std::string_view number = digits_at(name);
    const std::string_view tail = pattern.substr(mark + 1);
    name.remove_prefix(number.size());
    if (number.empty() || !name.starts_with(tail)) return std::nullopt;
    return Match{number, name.substr(tail.size())};
}

}  // namespace

std::span<const CheckpointNames> known_checkpoint_names() {
    return kNames;
}

std::vector<std::string> tensor_names(const CheckpointNames& names, std::string_view parameter) {
    for (const auto& [ours, theirs] : names.pairs) {
        const std::optional<Match> found = match(ours, parameter);
        if (!found) continue;
        const std::string name = with(std::string(theirs), "#", found->number) + std::string(found->rest);
        if (name.find("{q}") == std::string::npos) return {name};
        return {with(name, "{q}", "query"), with(name, "{q}", "key"), with(name, "{q}", "value")};
    }
    return {std::string(parameter)};
}

int block_number(const CheckpointNames& names, std::string_view tensor) {
    const std::string_view block = names.pairs.front().theirs;
    const std::string_view beginning = block.substr(0, block.find('#'));
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
