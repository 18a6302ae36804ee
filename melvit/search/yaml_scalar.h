#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace melvit {

/// What an unquoted YAML scalar is: null, a boolean, a whole number, a number, or the text itself.
///
/// returns  nothing for what readers disagree about: 010 (ten, or eight), 1:30 (a text, or ninety), numbers
///          that do not fit
/// source   YAML 1.1 as PyYAML reads it, which Weights & Biases uses, but that 1e-4 is a number, as in YAML
///          1.2
std::optional<nlohmann::ordered_json> resolve_yaml_scalar(std::string_view text);

}  // namespace melvit
