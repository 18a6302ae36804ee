#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace melvit {

/// The order in which people count: "song 2" before "song 10".
bool natural_less(std::string_view left, std::string_view right);

/// The name of a subset as melvit writes it, of the names in use: train, training; validation, valid, val, dev;
/// test.
///
/// returns  "train", "validation" or "test"; nothing for another name
std::optional<std::string> subset_name(std::string_view name);

}  // namespace melvit
