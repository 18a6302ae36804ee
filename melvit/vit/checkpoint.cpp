#include "melvit/vit/checkpoint.h"

#include "melvit/core/error.h"
#include "melvit/core/json.h"
#include "melvit/core/text.h"
#include "melvit/vit/checkpoint_names.h"
#include "melvit/vit/position_table.h"
#include "melvit/vit/vit_in_checkpoint.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <set>

namespace melvit {
namespace {

using Tensors = std::map<std::string, TensorView>;

/// What the metadata says of the ViT.
std::optional<VitConfig> stated_config(const std::filesystem::path& file,
                                       const std::map<std::string, std::string>& metadata) {
    const auto found = metadata.find("vit");
    if (found == metadata.end()) return std::nullopt;
    const std::string thing = file.string() + ", \"vit\" in its metadata";
    const auto config = config_from_json<VitConfig>(parse_json(found->second, thing), thing);
    try {
        check(config);
    } catch (const Error& error) {
        throw Error(file, "needs metadata of a ViT that can be", error.what());
    }
    return config;
}

/// Reads the ViT that was found in a checkpoint.
class CheckpointReader {
public:
    CheckpointReader(const std::filesystem::path& file, const VitInCheckpoint& vit)
        : file_(file), vit_(vit), names_(*vit.names), tensors_(vit.tensors) {}

    /// is_stated  whether the config is the file's own, else the shapes tell its sizes
    CheckpointVit read(bool is_stated, const std::map<std::string, std::string>& metadata) {
        CheckpointVit vit{vit_.config, {}, {}};
        if (!is_stated) take_sizes(vit.config, metadata);
        const std::shared_ptr<const ParameterTable> table = vit_parameters(vit.config);
        for (const ParameterSpec& spec : table->specs()) check_shape(vit.config, spec);
        check_what_is_left();
        vit.parameters = ParameterSet(table);
        for (const ParameterSpec& spec : table->specs()) {
            const MatrixView matrix = vit.parameters.view(spec);
            is_table_of_positions(spec) ? fill_positions(vit.config, matrix) : fill(spec, matrix);
        }
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

    /// The tensor of one of our parameters, where that is a single one.
    const TensorView& tensor_of_parameter(std::string_view parameter) const {
        return at(tensor_names(names_, parameter).front());
    }

    /// A tensor's name in the file.
    std::string full(const std::string& name) const { return vit_.prefix + name; }

    static bool is_table_of_positions(const ParameterSpec& spec) { return spec.name == "pos_embed"; }

    /// The sizes of a plain ViT for pictures.
    void take_sizes(VitConfig& config, const std::map<std::string, std::string>& metadata) const {
        const auto& patch = tensor_of_parameter("patch_embed.proj.weight").shape;
        const auto fits = [](std::size_t side, int input) {
            return side >= 1 && side <= static_cast<std::size_t>(input);
        };
        if (patch.size() != 4 || patch[1] != static_cast<std::size_t>(config.input.channels) ||
            !fits(patch[2], config.input.rows) || !fits(patch[3], config.input.columns)) {
            throw Error(
                file_,
                fmt::format("needs a ViT with patches of pixels in {} colours, at most {} x {} of them",
                            config.input.channels, config.input.rows, config.input.columns),
                "its patch projection is " + shape_text(patch));
        }
        config.patch_rows = config.stride_rows = static_cast<int>(patch[2]);
        config.patch_columns = config.stride_columns = static_cast<int>(patch[3]);
        const auto& hidden = tensor_of_parameter("blocks.0.mlp.fc1.weight").shape;
        if (hidden.empty()) throw Error(file_, "needs an MLP's weight as a table", "it is a single number");
        config.width = size_in_range("width", patch[0]);
        config.mlp_width = size_in_range("MLP width", hidden[0]);
        config.heads = heads(config.width, metadata);
        check(config);
    }

    int size_in_range(std::string_view what, std::size_t size) const {
        if (size >= 1 && size <= static_cast<std::size_t>(kWidestVit)) return static_cast<int>(size);
        throw Error(file_, fmt::format("needs a {} of 1 to {}", what, kWidestVit),
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

    void check_shape(const VitConfig& config, const ParameterSpec& spec) {
        const std::vector<std::string> names = tensor_names(names_, spec.name);
        std::vector<std::size_t> wanted = spec.shape;
        wanted[0] /= names.size();  // queries, keys and values apart have a third of the rows each
        for (const std::string& name : names) {
            const auto& shape = at(name).shape;
            used_.insert(name);
            if (shape == wanted) continue;
            if (is_table_of_positions(spec) && shape.size() == 3 && shape[0] == 1 && shape[2] == wanted[2]) {
                check_grid(config, name, shape[1]);
                continue;
            }
            throw Error(file_, fmt::format("needs {} of shape {}", full(name), shape_text(wanted)),
                        "its shape is " + shape_text(shape));
        }
    }

    void check_grid(const VitConfig& config, const std::string& name, std::size_t rows) const {
        if (grid_of_table(config, rows)) return;
        const PatchGrid grid = config.grid();
        throw Error(
            file_,
            fmt::format("needs positions of a square grid of patches, with {} before them or without "
                        "({} for {} x {} patches)",
                        config.prefix_tokens == 1 ? "a class token's"
                                                  : fmt::format("those of {} tokens", config.prefix_tokens),
                        config.tokens(), grid.rows, grid.columns),
            fmt::format("{} has {}", full(name), rows));
    }

    static std::optional<PositionGrid> grid_of_table(const VitConfig& config, std::size_t rows) {
        return square_position_grid(rows, static_cast<std::size_t>(config.prefix_tokens));
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

    void fill(const ParameterSpec& spec, const MatrixView& matrix) const {
        std::span<float> rest = matrix.values();
        for (const std::string& name : tensor_names(names_, spec.name)) {
            const std::span<float> values = rest.first(at(name).element_count());
            read_floats(name, values);
            rest = rest.subspan(values.size());
        }
    }

    /// matrix  [T x D]
    void fill_positions(const VitConfig& config, const MatrixView& matrix) {
        const std::string name = tensor_names(names_, "pos_embed").front();
        const std::size_t rows = at(name).shape[1];
        if (rows == matrix.rows()) return read_floats(name, matrix.values());
        Matrix table(rows, matrix.columns());
        read_floats(name, table.values());
        const PositionGrid from = *grid_of_table(config, rows);
        const PatchGrid to = config.grid();
        const Matrix positions =
            resampled_positions(table, from, to, static_cast<std::size_t>(config.prefix_tokens));
        std::ranges::copy(positions.values(), matrix.data());
        if (from.grid == to) return;
        notes_.push_back(fmt::format(
            "{}: its positions of {} x {} patches are interpolated to {} x {}, as it is used at another size "
            "of picture than it was trained at",
            file_.native(), from.grid.rows, from.grid.columns, to.rows, to.columns));
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
    const std::optional<VitConfig> stated = stated_config(file, metadata);
    const VitInCheckpoint vit = find_vit(file, tensors, key, stated);
    return CheckpointReader(file, vit).read(stated.has_value(), metadata);
}

}  // namespace melvit
