#pragma once

#include "melvit/core/export.h"
#include "melvit/core/matrix.h"

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// What a parameter does, by which it starts and is trained.
enum class ParameterKind {
    weight,     ///< of a product
    bias,       ///< of a product or a norm
    scale,      ///< of a norm
    embedding,  ///< a token or a table of positions
};

/// Whether weight decay applies: to weights of products alone.
///
/// source  timm's param_groups_weight_decay and VisionTransformer.no_weight_decay
constexpr bool decays(ParameterKind kind) {
    return kind == ParameterKind::weight;
}

/// One named parameter of a network.
struct ParameterSpec {
    std::string name;                ///< as timm names it: "blocks.3.attn.qkv.weight"
    std::vector<std::size_t> shape;  ///< as timm keeps it: [3D, D], [1, T, D], [D, channels, rows, columns]
    ParameterKind kind = ParameterKind::weight;
    int layer = 0;           ///< 0 before the blocks, then the block's number from 1, then one more
    std::size_t offset = 0;  ///< of its first number in the buffer

    std::size_t rows() const { return columns() == 0 ? 0 : size() / columns(); }
    /// Those of a matrix: the last dimension; of a convolution's weights all but the first.
    std::size_t columns() const;
    std::size_t size() const;

    bool operator==(const ParameterSpec&) const = default;
};

/// The parameters of a network in the order of their buffer.
class ParameterTable {
public:
    /// specs  of different names; their offsets are set here
    explicit ParameterTable(std::vector<ParameterSpec> specs);

    std::span<const ParameterSpec> specs() const { return specs_; }

    /// Numbers of all parameters.
    std::size_t size() const { return size_; }

    bool has(std::string_view name) const { return index_.contains(name); }

    /// throws  Error for an unknown name
    const ParameterSpec& at(std::string_view name) const;

    bool operator==(const ParameterTable& other) const { return specs_ == other.specs_; }

private:
    std::vector<ParameterSpec> specs_;
    std::map<std::string, std::size_t, std::less<>> index_;
    std::size_t size_ = 0;
};

/// A number for each entry of a table of parameters, in one buffer: weights, or what belongs to weights one by
/// one (gradients, moments, a moving average).
class MELVIT_API ParameterSet {
public:
    /// Of nothing.
    ParameterSet();

    /// Zeros.
    explicit ParameterSet(std::shared_ptr<const ParameterTable> table);

    const ParameterTable& table() const { return *table_; }

    /// One parameter as a matrix of its spec's rows and columns; a vector is one row.
    ///
    /// throws  Error for an unknown name
    MatrixView operator[](std::string_view name) { return view(table_->at(name)); }
    ConstMatrixView operator[](std::string_view name) const { return view(table_->at(name)); }
    MatrixView view(const ParameterSpec& spec);
    ConstMatrixView view(const ParameterSpec& spec) const;

    /// All numbers, in the table's order.
    std::span<float> values() { return values_; }
    std::span<const float> values() const { return values_; }

private:
    std::shared_ptr<const ParameterTable> table_;
    AlignedFloats values_;
};

}  // namespace melvit
