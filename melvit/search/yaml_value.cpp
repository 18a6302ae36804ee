#include "melvit/search/yaml_value.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/search/sweep_file.h"
#include "melvit/search/yaml_scalar.h"
#include "melvit/search/yaml_text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

std::string description(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null:
            return "it is empty";
        case YamlNode::Kind::scalar:
            return fmt::format("it is {}{}", printable(node.text), node.quoted ? " in quotes" : "");
        case YamlNode::Kind::list:
            return fmt::format("it is a list of {}", node.items.size());
        case YamlNode::Kind::map:
            return "it is a map";
    }
    return "";
}

}  // namespace

std::string YamlValue::place() const {
    return place_in(*thing_, line_);
}

void YamlValue::refuse(std::string_view need, std::string_view finding) const {
    refuse_key(place(), path_.empty() ? "the sweep file" : path_, need, finding);
}

void YamlValue::refuse(std::string_view need) const {
    refuse(need, description(*node_));
}

/// Null where the node is no scalar.
Json YamlValue::resolved() const {
    if (node_->kind != YamlNode::Kind::scalar) return nullptr;
    if (node_->quoted) return node_->text;
    const std::optional<Json> value = resolve_yaml_scalar(node_->text);
    if (value) return *value;
    refuse("needs a value that all readers read alike (quote a text; no zero before a number; 64 bits)");
}

Json YamlValue::scalar() const {
    Json value = resolved();
    if (value.is_null()) refuse("needs to be a number, a text, true or false");
    if (value.is_number_float() && !std::isfinite(value.get<double>())) refuse("needs to be a finite number");
    return value;
}

double YamlValue::number() const {
    const Json value = resolved();
    if (!value.is_number()) refuse("needs to be a number");
    if (!std::isfinite(value.get<double>())) refuse("needs to be a finite number");
    return value.get<double>();
}

bool YamlValue::is_whole() const {
    return resolved().is_number_integer();
}

std::int64_t YamlValue::whole(std::int64_t lowest, std::int64_t highest) const {
    const Json value = resolved();
    const bool fits = value.is_number_integer() && value.get<std::int64_t>() >= lowest &&
                      value.get<std::int64_t>() <= highest;
    if (!fits) refuse(fmt::format("needs to be a whole number from {} to {}", lowest, highest));
    return value.get<std::int64_t>();
}

bool YamlValue::truth() const {
    const Json value = resolved();
    if (!value.is_boolean()) refuse("needs to be true or false");
    return value.get<bool>();
}

std::string YamlValue::text() const {
    if (node_->kind != YamlNode::Kind::scalar) refuse("needs to be a text");
    return node_->text;
}

std::vector<YamlValue> YamlValue::items() const {
    if (node_->kind != YamlNode::Kind::list) refuse("needs to be a list");
    std::vector<YamlValue> values;
    for (const YamlNode& item : node_->items) values.emplace_back(item, *thing_, path_);
    return values;
}

void YamlValue::need_map() const {
    if (!is_map()) refuse("needs to be a map of names and values");
}

YamlValue YamlValue::member(std::size_t i) const {
    const std::string& name = node_->keys[i].name;
    YamlValue value(node_->items[i], *thing_, path_.empty() ? name : path_ + "." + name);
    value.line_ = node_->keys[i].line;
    return value;
}

std::vector<std::pair<std::string, YamlValue>> YamlValue::members() const {
    need_map();
    std::vector<std::pair<std::string, YamlValue>> all;
    for (std::size_t i = 0; i < node_->keys.size(); ++i) all.emplace_back(node_->keys[i].name, member(i));
    return all;
}

void YamlValue::allow_only(std::span<const std::string_view> names) const {
    need_map();
    for (std::size_t i = 0; i < node_->keys.size(); ++i) {
        const std::string& name = node_->keys[i].name;
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        member(i).refuse("needs a key that melvit knows here (" + joined(names) + ")", "it is another one");
    }
}

std::optional<YamlValue> YamlValue::find(std::string_view name) const {
    need_map();
    for (std::size_t i = 0; i < node_->keys.size(); ++i) {
        if (node_->keys[i].name == name) return member(i);
    }
    return std::nullopt;
}

YamlValue YamlValue::at(std::string_view name) const {
    const std::optional<YamlValue> value = find(name);
    if (!value) refuse(fmt::format("needs the key {}", name), "it is missing");
    return *value;
}

}  // namespace melvit
