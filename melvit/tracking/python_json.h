#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

namespace melvit {

/// A number as Python prints a float: the shortest digits that give it back, "1.0", "1e-05", "nan", "-inf".
///
/// source  float.__repr__ of CPython
std::string python_float(double value);

/// "[1.0, 2.5]"
std::string python_floats(std::span<const double> values);

/// JSON text as Python writes it, so that NaN and infinity stay what they are; nlohmann's dump() makes them
/// null.
///
/// returns  ASCII; bytes that are no UTF-8 become U+FFFD
/// source   json.dumps(value) of CPython
std::string python_json(const nlohmann::ordered_json& value);

/// A value as Python prints it: text as it is, True, None, and numbers as above.
///
/// source  str(value) of CPython; lists and objects, which the study has none of, as python_json
std::string python_text(const nlohmann::ordered_json& value);

}  // namespace melvit
