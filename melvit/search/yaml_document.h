#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// One value of a YAML document, with all that stands under it. Aliases and merge keys ("<<") are replaced by
/// what they stand for.
struct YamlNode {
    enum class Kind { null, scalar, list, map };

    Kind kind = Kind::null;
    int line = 1;
    std::string text;             ///< of a scalar
    bool quoted = false;          ///< a scalar that is a text whatever it looks like
    std::vector<YamlNode> items;  ///< of a list; the values of a map
    std::vector<YamlNode> keys;   ///< of a map: a scalar for each item
    std::size_t nodes = 1;        ///< this one and all under it
    std::size_t levels = 1;
};

/// Bytes of the longest YAML file.
inline constexpr std::size_t kMostYamlBytes = 10'000'000;

/// Reads one YAML document of the kind that people write settings in.
///
/// yaml    at most 10 MB of UTF-8, 100 000 values and 32 levels, aliases counted as what they stand for
/// thing   what the text came from, for errors: "<thing>:<line>"
/// throws  Error for all else, and for what YAML readers pass over in silence: two equal keys in one map,
///         several documents, tabs as indentation, bytes that are not text
YamlNode parse_yaml(std::string_view yaml, const std::string& thing);

}  // namespace melvit
