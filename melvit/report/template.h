#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace melvit {

/// The text of a file of melvit/report/templates; the build puts these into the program.
///
/// throws  Error when there is no such file
std::string_view template_text(std::string_view file);

/// A text with its places filled in. In it stand
///   {name}                             a text or a number
///   {if name} ... {else} ... {end}     what is there when the value is neither missing, false, 0 nor empty
///   {each name} ... {end}              once for each object of a list; its names come before those outside, which
///                                      hold where it has none, in values and in ifs too
///   {,}                                between two of a list: a comma, and gnuplot's line break
/// A line on which only if, else, each or end stands leaves nothing. Other braces are text, as in gnuplot and
/// CSS.
///
/// throws  Error for a name without a value and for a block without an end
std::string fill(std::string_view text, const nlohmann::ordered_json& values);

/// A template of melvit/report/templates, filled in, without the line break at its end.
std::string filled(std::string_view file, const nlohmann::ordered_json& values);

}  // namespace melvit
