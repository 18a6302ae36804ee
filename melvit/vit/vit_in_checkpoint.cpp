#include "melvit/vit/vit_in_checkpoint.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/vit/vit_parameters.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <set>

namespace melvit {
namespace {

using NamedTensors = std::map<std::string, TensorView>;

/// Wrappers around a module: of torch.compile, FSDP, activation checkpointing and, inside a model, DDP.
constexpr std::array<std::string_view, 4> kWrappers{"_orig_mod", "_fsdp_wrapped_module",
                                                    "_checkpoint_wrapped_module", "module"};

/// The name without its wrappers; "module" at the beginning stays, as a prefix like any other.
std::string unwrapped(const std::string& name) {
    std::string result;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('.', begin), name.size());
        const std::string_view word = std::string_view(name).substr(begin, end - begin);
        const bool is_prefix = begin == 0 && word == "module";
        if (is_prefix || std::ranges::find(kWrappers, word) == kWrappers.end()) {
            if (begin != 0 && !result.empty()) result += '.';
            result += word;
        }
        begin = end + 1;
    }
    return result;
}

NamedTensors unwrapped(const NamedTensors& tensors) {
    NamedTensors result;
    for (const auto& [name, tensor] : tensors) {
        if (!result.emplace(unwrapped(name), tensor).second) result.emplace(name, tensor);
    }
    return result;
}

/// A place where a ViT may lie.
struct Candidate {
    const CheckpointNames* names = nullptr;
    std::string prefix;
    VitConfig config;
    std::vector<const TensorView*> found = {};  // of the tensors that it needs, in their order
    std::size_t missing = 0;

    std::string label() const { return prefix.empty() ? "." : prefix.substr(0, prefix.size() - 1); }
};

/// One more than the prefix's largest block number, so that a gap shows as a missing tensor; at least 1.
int blocks_under(const NamedTensors& tensors, const CheckpointNames& names, const std::string& prefix) {
    int count = 1;
    for (auto next = tensors.lower_bound(prefix); next != tensors.end(); ++next) {
        if (!next->first.starts_with(prefix)) break;
        const int number = block_number(names, std::string_view(next->first).substr(prefix.size()));
        if (number < kDeepestVit) count = std::max(count, number + 1);
    }
    return count;
}

bool has(const NamedTensors& tensors, const CheckpointNames& names, const std::string& prefix,
         std::string_view parameter) {
    return tensors.contains(prefix + tensor_names(names, parameter).front());
}

/// The size of the ViT under a prefix as far as its names tell it.
VitConfig config_at(const NamedTensors& tensors, const CheckpointNames& names, const std::string& prefix) {
    VitConfig config;
    config.depth = blocks_under(tensors, names, prefix);
    if (has(tensors, names, prefix, "dist_token")) config.prefix_tokens = 2;
    return config;
}

Candidate candidate_at(const NamedTensors& tensors, const CheckpointNames& names, const std::string& prefix,
                       const std::optional<VitConfig>& stated) {
    Candidate candidate{&names, prefix, stated ? *stated : config_at(tensors, names, prefix)};
    const std::shared_ptr<const ParameterTable> table = vit_parameters(candidate.config);
    for (const ParameterSpec& spec : table->specs()) {
        for (const std::string& name : tensor_names(names, spec.name)) {
            const auto found = tensors.find(prefix + name);
            if (found == tensors.end()) {
                ++candidate.missing;
            } else {
                candidate.found.push_back(&found->second);
            }
        }
    }
    return candidate;
}

/// All prefixes of names that end as one of the first tensors of a ViT does.
std::set<std::string> prefixes_of(const NamedTensors& tensors, const CheckpointNames& names) {
    std::set<std::string> prefixes;
    for (const char* parameter : {"patch_embed.proj.weight", "cls_token", "blocks.0.norm1.weight"}) {
        const std::string anchor = tensor_names(names, parameter).front();
        for (const auto& [name, tensor] : tensors) {
            if (!name.ends_with(anchor)) continue;
            std::string prefix = name.substr(0, name.size() - anchor.size());
            if (prefix.empty() || prefix.ends_with('.')) prefixes.insert(std::move(prefix));
        }
    }
    return prefixes;
}

bool have_equal_weights(const Candidate& one, const Candidate& other) {
    return std::ranges::equal(one.found, other.found, [](const TensorView* a, const TensorView* b) {
        return a->type == b->type && a->shape == b->shape && std::ranges::equal(a->bytes, b->bytes);
    });
}

std::string labels_of(const std::vector<Candidate>& candidates) {
    std::vector<std::string> labels;
    labels.reserve(candidates.size());
    for (const Candidate& candidate : candidates) labels.push_back(printable(candidate.label()));
    return joined(labels);
}

/// The whole ViTs or, where there is none, the one that comes nearest.
std::vector<Candidate> candidates_in(const NamedTensors& tensors, const std::optional<VitConfig>& stated) {
    std::vector<Candidate> whole;
    std::vector<Candidate> partial;
    for (const CheckpointNames& names : known_checkpoint_names()) {
        for (const std::string& prefix : prefixes_of(tensors, names)) {
            Candidate candidate = candidate_at(tensors, names, prefix, stated);
            (candidate.missing == 0 ? whole : partial).push_back(std::move(candidate));
        }
    }
    if (!whole.empty() || partial.empty()) return whole;
    return {*std::ranges::max_element(partial, {}, [](const Candidate& c) { return c.found.size(); })};
}

Candidate chosen(const std::filesystem::path& file, const NamedTensors& tensors, std::string_view key,
                 const std::optional<VitConfig>& stated) {
    std::vector<Candidate> candidates = candidates_in(tensors, stated);
    if (candidates.empty()) {
        throw Error(file, "needs the tensors of a ViT under timm's, torchvision's or Hugging Face's names",
                    tensors.empty() ? "it holds no tensor"
                                    : fmt::format("it holds {}", printable(tensors.begin()->first)));
    }
    if (!key.empty()) {
        const std::string all = labels_of(candidates);
        std::erase_if(candidates, [&](const Candidate& candidate) {
            const std::string label = candidate.label();
            return label != key && !label.starts_with(std::string(key) + ".");
        });
        if (candidates.empty())
            throw Error(file, fmt::format("needs a ViT under \"{}\"", printable(key)),
                        "it has one under " + all);
    }
    for (std::size_t i = 1; i < candidates.size(); ++i) {
        if (have_equal_weights(candidates[0], candidates[i])) continue;
        throw Error(file, "needs --body-key to say which ViT is meant",
                    "it holds several: " + labels_of(candidates));
    }
    return std::move(candidates.front());
}

}  // namespace

VitInCheckpoint find_vit(const std::filesystem::path& file, const NamedTensors& tensors, std::string_view key,
                         const std::optional<VitConfig>& stated) {
    const NamedTensors plain = unwrapped(tensors);
    const Candidate candidate = chosen(file, plain, key, stated);
    VitInCheckpoint found{candidate.names, candidate.prefix, {}, {}, candidate.config};
    for (const auto& [name, tensor] : plain) {
        if (name.starts_with(found.prefix)) {
            found.tensors.emplace(name.substr(found.prefix.size()), tensor);
        } else {
            found.outside.push_back(name);
        }
    }
    return found;
}

}  // namespace melvit
