#pragma once

#include "melvit/search/yaml_document.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace melvit {

/// A value of a YAML document together with its place, so that what is wrong with it can be said:
/// "<thing>:<line>: <path> <need>, <finding>". Holds references: the document and `thing` have to outlive it.
class YamlValue {
public:
    /// path  of the value, "parameters.lr"; empty for the document
    YamlValue(const YamlNode& node, const std::string& thing, std::string path)
        : node_(&node), thing_(&thing), path_(std::move(path)), line_(node.line) {}

    const std::string& path() const { return path_; }
    int line() const { return line_; }
    bool is_null() const { return node_->kind == YamlNode::Kind::null; }
    bool is_map() const { return node_->kind == YamlNode::Kind::map; }
    std::string place() const;

    /// throws  Error "<place>: <path> <need>, <finding>"
    [[noreturn]] void refuse(std::string_view need, std::string_view finding) const;

    /// The same; the finding is what stands there.
    [[noreturn]] void refuse(std::string_view need) const;

    /// A number, text or boolean, as it is written: 3 stays whole, 3.0 does not. Numbers are finite.
    nlohmann::ordered_json scalar() const;

    double number() const;
    bool is_whole() const;
    std::int64_t whole(std::int64_t lowest, std::int64_t highest) const;
    bool truth() const;

    /// A scalar as it stands there.
    std::string text() const;

    std::vector<YamlValue> items() const;

    /// Names and values of a map.
    std::vector<std::pair<std::string, YamlValue>> members() const;

    /// throws  Error when this is no map or has a key that is not in `names`
    void allow_only(std::span<const std::string_view> names) const;

    std::optional<YamlValue> find(std::string_view name) const;

    /// throws  Error when the key is missing
    YamlValue at(std::string_view name) const;

private:
    nlohmann::ordered_json resolved() const;
    void need_map() const;
    YamlValue member(std::size_t i) const;

    const YamlNode* node_;
    const std::string* thing_;
    std::string path_;
    int line_;  ///< of the key that it stands after, else of the value
};

}  // namespace melvit
