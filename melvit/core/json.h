#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace melvit {

/// JSON out of a file that may hold anything. Nesting is bounded: copying, printing and comparing a document
/// go as deep as it does.
///
/// thing   what the text came from, for the error
/// throws  Error for text that is no JSON, or nests deeper than 64 levels
nlohmann::ordered_json parse_json(std::string_view text, std::string_view thing);

/// A document as a file holds it: indented, a list of numbers (a row of a matrix, say) in one line, with a
/// newline at its end; bytes that are no UTF-8 are replaced.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace melvit
