#include "melvit/vit/vit_in_checkpoint.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace melvit {
namespace {

using NamedTensors = std::map<std::string, TensorView>;

constexpr int kMostBlocks = 1000;

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
    std::vector<const TensorView*> found;  // of the tensors that it needs, in their order
    std::size_t missing = 0;

    std::string label() const { return prefix.empty() ? "." : prefix.substr(0, prefix.size() - 1); }
};

/// How many blocks the prefix has.
int blocks_under(const NamedTensors& tensors, const CheckpointNames& names, const std::string& prefix) {
    int count = 1;
    for (auto next = tensors.lower_bound(prefix); next != tensors.end(); ++next) {
        if (!next->first.starts_with(prefix)) break;
        const int number = block_number(names, std::string_view(next->first).substr(prefix.size()));
        if (number < kMostBlocks) count = std::max(count, number + 1);
    }
    return count;
}

Candidate candidate_at(const NamedTensors& tensors, const CheckpointNames& names, const std::string& prefix) {
    Candidate candidate{&names, prefix, {}, 0};
    VitWeights slots_only;
    slots_only.blocks.resize(static_cast<std::size_t>(blocks_under(tensors, names, prefix)));
    for_each_weight(slots_only, [&](const WeightSlot& slot, const Matrix&) {
        for (const std::string& name : tensor_names(names, slot)) {
            const auto found = tensors.find(prefix + name);
            if (found == tensors.end()) {
                ++candidate.missing;
            } else {
                candidate.found.push_back(&found->second);
            }
        }
    });
    return candidate;
}

/// All prefixes of names that end as one of the first tensors of a ViT does.
std::set<std::string> prefixes_of(const NamedTensors& tensors, const CheckpointNames& names) {
    std::set<std::string> prefixes;
    for (const VitModule module : {VitModule::patch, VitModule::class_token, VitModule::norm1}) {
        const std::string anchor = tensor_names(names, WeightSlot{module}).front();
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
    for (const Candidate& candidate : candidates) labels.push_back(printable(candidate.label()));
    return joined(labels);
}

/// The whole ViTs or, where there is none, the one that comes nearest.
std::vector<Candidate> candidates_in(const NamedTensors& tensors) {
    std::vector<Candidate> whole;
    std::vector<Candidate> partial;
    for (const CheckpointNames& names : known_checkpoint_names()) {
        for (const std::string& prefix : prefixes_of(tensors, names)) {
            Candidate candidate = candidate_at(tensors, names, prefix);
            (candidate.missing == 0 ? whole : partial).push_back(std::move(candidate));
        }
    }
    if (!whole.empty() || partial.empty()) return whole;
    return {*std::ranges::max_element(partial, {}, [](const Candidate& c) { return c.found.size(); })};
}

Candidate chosen(const std::filesystem::path& file, const NamedTensors& tensors, std::string_view key) {
    std::vector<Candidate> candidates = candidates_in(tensors);
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

VitInCheckpoint find_vit(const std::filesystem::path& file, const NamedTensors& tensors,
                         std::string_view key) {
    const NamedTensors plain = unwrapped(tensors);
    const Candidate candidate = chosen(file, plain, key);
    VitInCheckpoint found{candidate.names, candidate.prefix, {}, {}};
    for (const auto& [name, tensor] : plain) {
        if (name.starts_with(found.prefix)) {
            found.tensors.emplace(name.substr(found.prefix.size()), tensor);
        } else {
            found.outside.push_back(name);
        }
    }
    return found;
}

int block_count(const CheckpointNames& names, const NamedTensors& tensors) {
    return blocks_under(tensors, names, "");
}

}  // namespace melvit
