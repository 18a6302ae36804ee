#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace melvit {

/// A value of a parameter as people read it: four digits of what is no whole number, texts as they are,
/// "none" for null.
std::string value_text(const nlohmann::ordered_json& value);

/// "lr 0.0026, weight_decay 0.005".
std::string parameters_text(const nlohmann::ordered_json& parameters);

}  // namespace melvit
