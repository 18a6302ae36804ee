#include "melvit/vit/parameter_set.h"

#include "melvit/core/error.h"

#include <cassert>
#include <fmt/format.h>
#include <functional>
#include <numeric>
#include <utility>

namespace melvit {
namespace {

std::size_t product_of(std::span<const std::size_t> shape) {
    return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

}  // namespace

std::size_t ParameterSpec::size() const {
    return product_of(shape);
}

std::size_t ParameterSpec::columns() const {
    assert(!shape.empty());
    return shape.size() == 4 ? product_of(std::span(shape).subspan(1)) : shape.back();
}

ParameterTable::ParameterTable(std::vector<ParameterSpec> specs) : specs_(std::move(specs)) {
    for (std::size_t i = 0; i < specs_.size(); ++i) {
        specs_[i].offset = size_;
        size_ += specs_[i].size();
        [[maybe_unused]] const bool is_new = index_.emplace(specs_[i].name, i).second;
        assert(is_new);
    }
}

const ParameterSpec& ParameterTable::at(std::string_view name) const {
    const auto found = index_.find(name);
    if (found != index_.end()) return specs_[found->second];
    throw Error("parameters", fmt::format("need one called {}", name),
                fmt::format("they are {}, and none is", specs_.size()));
}

ParameterSet::ParameterSet()
    : ParameterSet(std::make_shared<const ParameterTable>(std::vector<ParameterSpec>{})) {}

ParameterSet::ParameterSet(std::shared_ptr<const ParameterTable> table)
    : table_(std::move(table)), values_(table_->size(), 0.0F) {}

MatrixView ParameterSet::view(const ParameterSpec& spec) {
    return {values_.data() + spec.offset, spec.rows(), spec.columns()};
}

ConstMatrixView ParameterSet::view(const ParameterSpec& spec) const {
    return {values_.data() + spec.offset, spec.rows(), spec.columns()};
}

}  // namespace melvit
