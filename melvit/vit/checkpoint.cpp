#include "melvit/vit/checkpoint.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/vit/checkpoint_names.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace melvit {
namespace {

using Tensors = std::map<std::string, TensorView>;

constexpr std::size_t kWidest = 8192;  // D and M of no ViT come near; keeps sizes far from overflow

std::string shape_text(const std::vector<std::size_t>& shape) {
    return fmt::format("[{}]", joined(shape, " x "));
}

/// Reads one checkpoint whose naming is known.
class CheckpointReader {
public:
    CheckpointReader(const std::filesystem::path& file, const Tensors& tensors, const CheckpointNames& names)
        : file_(file), tensors_(tensors), names_(names) {}

    VitWeights read(const std::map<std::string, std::string>& metadata) {
        VitConfig config;
        config.width = patch_width();
        config.depth = block_count();
        config.mlp_width = mlp_width();
        config.heads = heads(config.width, metadata);
        check_shapes(config);
        check_nothing_is_left();
        VitWeights weights = zero_vit_weights(config);
        for_each_weight(weights, [&](const WeightSlot& slot, Matrix& matrix) { fill(slot, matrix); });
        return weights;
    }

private:
    const TensorView& at(const std::string& name) const {
        const auto found = tensors_.find(name);
        if (found == tensors_.end()) {
            throw Error(file_, fmt::format("needs the tensor {} of {}'s ViT", name, names_.what),
                        "it has none");
        }
        return found->second;
    }

    const TensorView& at(const WeightSlot& slot) const { return at(tensor_names(names_, slot).front()); }

    int patch_width() const {
        const auto& shape = at(WeightSlot{VitModule::patch}).shape;
        const std::vector<std::size_t> rest{3, VitConfig::kPatch, VitConfig::kPatch};
        if (shape.size() != 4 || !std::equal(rest.begin(), rest.end(), shape.begin() + 1)) {
            throw Error(file_, "needs a ViT with patches of 16 x 16 pixels in 3 colours",
                        "its patch projection is " + shape_text(shape));
        }
        return size_in_range("width", shape[0]);
    }

    int mlp_width() const {
        const auto& shape = at(WeightSlot{VitModule::fc1}).shape;
        if (shape.empty()) throw Error(file_, "needs an MLP's weight as a table", "it is a single number");
        return size_in_range("MLP width", shape[0]);
    }

    int size_in_range(std::string_view what, std::size_t size) const {
        if (size >= 1 && size <= kWidest) return static_cast<int>(size);
        throw Error(file_, fmt::format("needs a {} of 1 to {}", what, kWidest),
                    fmt::format("it is {}", size));
    }

    /// One more than the largest block number, so that a gap shows as a missing tensor.
    int block_count() const {
        const std::string_view module = names_.modules[static_cast<std::size_t>(VitModule::norm1)];
        const std::string beginning =
            std::string(names_.prefix) + std::string(module.substr(0, module.find('#')));
        int count = 0;
        for (const auto& [name, tensor] : tensors_) {
            if (!name.starts_with(beginning)) continue;
            int index = 0;
            const char* digits = name.data() + beginning.size();
            const auto [end, error] = std::from_chars(digits, name.data() + name.size(), index);
            if (error == std::errc{} && index >= count && index < kMostBlocks) count = index + 1;
        }
        return std::max(count, 1);
    }

    int heads(int width, const std::map<std::string, std::string>& metadata) const {
        const auto found = metadata.find("heads");
        int heads = width == 1280 ? 16 : width / 64;
        if (found != metadata.end()) {
            const std::string& text = found->second;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), heads);
            if (error != std::errc{} || end != text.data() + text.size()) heads = 0;
        }
        if (heads >= 1 && width % heads == 0 && (found != metadata.end() || width % 64 == 0)) return heads;
        if (found != metadata.end()) {
            throw Error(file_, fmt::format("needs a number of heads that divides its width {}", width),
                        fmt::format("its metadata says \"{}\"", printable(found->second)));
        }
        throw Error(file_, "needs a width that is a multiple of 64, or \"heads\" in its metadata",
                    fmt::format("its width is {}", width));
    }

    void check_shapes(const VitConfig& config) {
        VitWeights shapes_only;
        shapes_only.blocks.resize(static_cast<std::size_t>(config.depth));
        for_each_weight(shapes_only, [&](const WeightSlot& slot, const Matrix&) {
            const std::vector<std::string> names = tensor_names(names_, slot);
            std::vector<std::size_t> wanted = checkpoint_shape(config, slot);
            wanted[0] /= names.size();  // queries, keys and values apart have a third of the rows each
            for (const std::string& name : names) {
                const auto& shape = at(name).shape;
                used_.insert(name);
                if (shape == wanted) continue;
                if (slot.module == VitModule::positions && shape.size() == 3 && shape[2] == wanted[2]) {
                    throw Error(
                        file_,
                        "needs a ViT of 197 tokens: a class token and 14 x 14 patches of 224 x 224 pixels",
                        fmt::format("{} has {}", name, shape[1]));
                }
                throw Error(file_, fmt::format("needs {} of shape {}", name, shape_text(wanted)),
                            "its shape is " + shape_text(shape));
            }
        });
    }

    void check_nothing_is_left() const {
        for (const auto& [name, tensor] : tensors_) {
            if (used_.contains(name) || is_ignored(names_, name)) continue;
            throw Error(file_, "needs the tensors of a plain ViT only",
                        fmt::format("it also holds {}", printable(name)));
        }
    }

    void fill(const WeightSlot& slot, Matrix& matrix) const {
        std::span<float> rest = matrix.values();
        for (const std::string& name : tensor_names(names_, slot)) {
            const TensorView& tensor = at(name);
            const std::span<float> values = rest.first(tensor.element_count());
            tensor.copy_floats(fmt::format("{} of {}", name, file_.native()), values);
            const auto is_odd = [](float value) { return !std::isfinite(value); };
            const auto odd = std::find_if(values.begin(), values.end(), is_odd);
            if (odd != values.end()) {
                throw Error(file_, "needs weights that are finite numbers",
                            fmt::format("{} holds {}", name, *odd));
            }
            rest = rest.subspan(values.size());
        }
    }

    static constexpr int kMostBlocks = 1000;

    const std::filesystem::path& file_;
    const Tensors& tensors_;
    const CheckpointNames& names_;
    std::set<std::string> used_;
};

/// Which naming: the one that knows the class token and the first block's MLP. Torchvision's two differ in
/// the MLP alone.
const CheckpointNames& naming_of(const std::filesystem::path& file, const Tensors& tensors) {
    const auto has = [&](const CheckpointNames& names, VitModule module) {
        return tensors.contains(tensor_names(names, WeightSlot{module}).front());
    };
    const auto known = known_checkpoint_names();
    for (const CheckpointNames& names : known) {
        if (has(names, VitModule::patch) && has(names, VitModule::fc1)) return names;
    }
    for (const CheckpointNames& names : known) {
        if (has(names, VitModule::patch) || has(names, VitModule::class_token)) return names;
    }
    throw Error(file, "needs the tensors of a ViT under timm's, torchvision's or Hugging Face's names",
                tensors.empty() ? "it holds no tensor"
                                : fmt::format("it holds {}", printable(tensors.begin()->first)));
}

}  // namespace

VitWeights vit_weights_of(const std::filesystem::path& file, const Tensors& tensors,
                          const std::map<std::string, std::string>& metadata) {
    return CheckpointReader(file, tensors, naming_of(file, tensors)).read(metadata);
}

}  // namespace melvit
