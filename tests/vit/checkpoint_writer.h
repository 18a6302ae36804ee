#pragma once

#include "melvit/vit/body.h"

#include "tests/support/test_files.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

// Checkpoints of a small ViT under the names of each library.

namespace melvit::test {

inline constexpr VitConfig kSmall{.width = 64, .depth = 2, .heads = 1, .mlp_width = 32};

inline Body distinct_body(const VitConfig& config = kSmall) {
    Body body{"small", "", config, random_vit_parameters(config, 7)};
    // Biases and norms of their own, so that a mix-up of two of them shows.
    std::uint64_t index = 0;
    for (const ParameterSpec& spec : body.parameters.table().specs()) {
        if (spec.kind != ParameterKind::bias && spec.kind != ParameterKind::scale) continue;
        for (float& value : body.parameters.view(spec).values()) value = static_cast<float>(++index);
    }
    return body;
}

/// A tensor of a checkpoint, to be changed by a test and written.
struct Tensor {
    std::vector<std::size_t> shape;
    AlignedFloats values;
};
using Tensors = std::map<std::string, Tensor>;

/// A small body's tensors under timm's names.
inline Tensors timm_tensors(const VitConfig& config = kSmall) {
    const TempFolder folder;
    write_body(folder / "small.safetensors", distinct_body(config));
    const SafetensorsFile file(folder / "small.safetensors");
    Tensors tensors;
    for (const auto& [name, view] : file.tensors()) tensors[name] = {view.shape, view.to_floats(name)};
    return tensors;
}

inline void write_tensors(const std::filesystem::path& target, const Tensors& tensors,
                          const std::map<std::string, std::string>& metadata = {}) {
    std::vector<TensorToWrite> list;
    for (const auto& [name, tensor] : tensors) {
        list.push_back({name, ElementType::f32, tensor.shape, std::as_bytes(std::span(tensor.values))});
    }
    write_safetensors(target, list, metadata);
}

using Replacements = std::vector<std::pair<std::string, std::string>>;

/// The tensors under other names: in each, the first that matches of `replacements` is replaced.
inline Tensors renamed(const Tensors& tensors, const Replacements& replacements) {
    Tensors result;
    for (const auto& [name, tensor] : tensors) {
        std::string other = name;
        for (const auto& [from, to] : replacements) {
            const std::size_t at = other.find(from);
            if (at != std::string::npos) other.replace(at, from.size(), to);
        }
        result[other] = tensor;
    }
    return result;
}

inline Replacements torchvision_names(const std::string& mlp_first, const std::string& mlp_second) {
    return {{"patch_embed.proj", "conv_proj"},
            {"cls_token", "class_token"},
            {"pos_embed", "encoder.pos_embedding"},
            {"blocks.", "encoder.layers.encoder_layer_"},
            {"norm1", "ln_1"},
            {"norm2", "ln_2"},
            {"attn.qkv.", "self_attention.in_proj_"},
            {"attn.proj", "self_attention.out_proj"},
            {"mlp.fc1", mlp_first},
            {"mlp.fc2", mlp_second},
            {"norm.", "encoder.ln."}};
}

/// Hugging Face's names, queries, keys and values apart.
inline Tensors hugging_face_tensors(const std::string& prefix) {
    Tensors tensors = renamed(timm_tensors(), {{"patch_embed.proj", "embeddings.patch_embeddings.projection"},
                                               {"cls_token", "embeddings.cls_token"},
                                               {"pos_embed", "embeddings.position_embeddings"},
                                               {"blocks.", "encoder.layer."},
                                               {"norm1", "layernorm_before"},
                                               {"norm2", "layernorm_after"},
                                               {"attn.proj", "attention.output.dense"},
                                               {"mlp.fc1", "intermediate.dense"},
                                               {"mlp.fc2", "output.dense"}});
    Tensors result;
    for (const auto& [name, tensor] : tensors) {
        const std::size_t at = name.find("attn.qkv");
        if (at == std::string::npos) {
            result[prefix + (name.starts_with("norm.") ? "layer" + name : name)] = tensor;
            continue;
        }
        const std::size_t third = tensor.values.size() / 3;
        std::vector<std::size_t> shape = tensor.shape;
        shape[0] /= 3;
        std::size_t part = 0;
        for (const char* which : {"query", "key", "value"}) {
            std::string part_name = name;
            part_name.replace(at, 8, std::string("attention.attention.") + which);
            const auto begin = tensor.values.begin() + static_cast<std::ptrdiff_t>(third * part++);
            result[prefix + part_name] = {shape, {begin, begin + static_cast<std::ptrdiff_t>(third)}};
        }
    }
    return result;
}

inline std::string digest_of_file(const Tensors& tensors) {
    const TempFolder folder;
    write_tensors(folder / "body.safetensors", tensors);
    return load_body(folder / "body.safetensors").sha256;
}

}  // namespace melvit::test
