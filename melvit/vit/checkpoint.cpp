#include "melvit/vit/checkpoint.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/vit/checkpoint_names.h"
#include "melvit/vit/position_table.h"
#include "melvit/vit/vit_in_checkpoint.h"

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

/// Reads the ViT that was found in a checkpoint.
class CheckpointReader {
public:
    CheckpointReader(const std::filesystem::path& file, const VitInCheckpoint& vit)
        : file_(file), vit_(vit), names_(*vit.names), tensors_(vit.tensors) {}

    CheckpointVit read(const std::map<std::string, std::string>& metadata) {
        VitConfig config;
        config.width = patch_width();
        config.depth = block_count(names_, tensors_);
        config.mlp_width = mlp_width();
        config.heads = heads(config.width, metadata);
        check_shapes(config);
        check_what_is_left();
        CheckpointVit vit{zero_vit_weights(config), {}};
        for_each_weight(vit.weights, [&](const WeightSlot& slot, Matrix& matrix) {
            slot.module == VitModule::positions ? fill_positions(matrix) : fill(slot, matrix);
        });
        vit.notes = std::move(notes_);
        return vit;
    }

private:
    const TensorView& at(const std::string& name) const {
        const auto found = tensors_.find(name);
        if (found != tensors_.end()) return found->second;
        std::string finding = "it has none";
        for (const auto& [other, tensor] : tensors_) {
            if (!is_needed(names_, other) || other_computation(other).empty()) continue;
            finding += fmt::format("; {} belongs to {}", printable(full(other)), other_computation(other));
            break;
        }
        throw Error(file_, fmt::format("needs the tensor {} of {}'s ViT", full(name), names_.what), finding);
    }

    const TensorView& at(const WeightSlot& slot) const { return at(tensor_names(names_, slot).front()); }

    /// A tensor's name in the file.
    std::string full(const std::string& name) const { return vit_.prefix + name; }

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
                if (slot.module == VitModule::positions && shape.size() == 3 && shape[0] == 1 &&
                    shape[2] == wanted[2]) {
                    check_grid(name, shape[1]);
                    continue;
                }
                throw Error(file_, fmt::format("needs {} of shape {}", full(name), shape_text(wanted)),
                            "its shape is " + shape_text(shape));
            }
        });
    }

    void check_grid(const std::string& name, std::size_t rows) const {
        if (position_grid(rows)) return;
        throw Error(
            file_,
            "needs positions of a square grid of patches, with a class token's before them or without "
            "(197 for 14 x 14 patches)",
            fmt::format("{} has {}", full(name), rows));
    }

    /// What computes is refused, everything else is passed over and counted.
    void check_what_is_left() {
        std::vector<std::string> passed;
        for (const auto& [name, tensor] : tensors_) {
            if (used_.contains(name)) continue;
            if (is_needed(names_, name)) {
                const std::string_view what = other_computation(name);
                throw Error(file_, "needs the tensors of a plain ViT only",
                            fmt::format("it also holds {}{}", printable(full(name)),
                                        what.empty() ? "" : fmt::format(" ({})", what)));
            }
            passed.push_back(full(name));
        }
        passed.insert(passed.end(), vit_.outside.begin(), vit_.outside.end());
        if (passed.empty()) return;
        constexpr std::size_t kShown = 3;
        std::vector<std::string> shown;
        for (std::size_t i = 0; i < std::min(passed.size(), kShown); ++i)
            shown.push_back(printable(passed[i]));
        notes_.push_back(fmt::format(
            "{}: {} that the ViT does without {} passed over: {}{}", file_.native(),
            passed.size() == 1 ? "a tensor" : fmt::format("{} tensors", passed.size()),
            passed.size() == 1 ? "is" : "are", joined(shown), passed.size() > kShown ? ", ..." : ""));
    }

    void fill(const WeightSlot& slot, Matrix& matrix) const {
        std::span<float> rest = matrix.values();
        for (const std::string& name : tensor_names(names_, slot)) {
            const std::span<float> values = rest.first(at(name).element_count());
            read_floats(name, values);
            rest = rest.subspan(values.size());
        }
    }

    void fill_positions(Matrix& matrix) {
        const std::string name = tensor_names(names_, WeightSlot{VitModule::positions}).front();
        const std::size_t rows = at(name).shape[1];
        if (rows == matrix.rows()) return read_floats(name, matrix.values());
        Matrix table(rows, matrix.columns());
        read_floats(name, table.values());
        const PositionGrid grid = *position_grid(rows);
        matrix = resampled_positions(table, grid);
        if (grid.side == VitConfig::kGrid) return;
        notes_.push_back(fmt::format(
            "{}: its positions of {} x {} patches are interpolated to {} x {}, as it is used at another size "
            "of picture than it was trained at",
            file_.native(), grid.side, grid.side, VitConfig::kGrid, VitConfig::kGrid));
    }

    void read_floats(const std::string& name, std::span<float> values) const {
        at(name).copy_floats(fmt::format("{} of {}", full(name), file_.native()), values);
        const auto is_odd = [](float value) { return !std::isfinite(value); };
        const auto odd = std::find_if(values.begin(), values.end(), is_odd);
        if (odd == values.end()) return;
        throw Error(file_, "needs weights that are finite numbers",
                    fmt::format("{} holds {}", full(name), *odd));
    }

    const std::filesystem::path& file_;
    const VitInCheckpoint& vit_;
    const CheckpointNames& names_;
    const Tensors& tensors_;  // without the prefix
    std::set<std::string> used_;
    std::vector<std::string> notes_;
};

}  // namespace

CheckpointVit vit_of_checkpoint(const std::filesystem::path& file, const Tensors& tensors,
                                const std::map<std::string, std::string>& metadata, std::string_view key) {
    const VitInCheckpoint vit = find_vit(file, tensors, key);
    return CheckpointReader(file, vit).read(metadata);
}

}  // namespace melvit
