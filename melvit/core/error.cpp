#include "melvit/core/error.h"

#include <fmt/format.h>

namespace melvit {

Error::Error(std::string_view thing, std::string_view need, std::string_view finding)
    : std::runtime_error(fmt::format("{}: {}, {}", thing, need, finding)), need_(need), finding_(finding) {}

}  // namespace melvit
