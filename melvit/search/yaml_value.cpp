#include "melvit/search/yaml_value.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/search/sweep_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <system_error>

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

/// Text without its sign as a number; nothing where it is none or does not fit, and for 010 (ten, or eight).
std::optional<Json> unsigned_number(std::string_view text, bool is_negative, int base) {
    const char* const end = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto [last, error] = std::from_chars(text.data(), end, whole, base); last == end) {
        if (error != std::errc{} || (base == 10 && text.size() > 1 && text[0] == '0')) return std::nullopt;
        return Json(is_negative ? -whole : whole);
    }
    double value = 0;
    const auto [last, error] = std::from_chars(text.data(), end, value);
    if (base != 10 || last != end || error != std::errc{}) return std::nullopt;
    return Json(is_negative ? -value : value);
}

/// Whether all of the text has the form of a number without a sign, however large.
bool is_number(std::string_view text) {
    if (text.empty() || std::string_view("0123456789.").find(text[0]) == std::string_view::npos) return false;
    double ignored = 0;
    const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), ignored);
    return error != std::errc::invalid_argument && last == text.data() + text.size();
}

/// digits : digits, the base 60 of YAML 1.1.
bool is_time(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789";
    const std::size_t hours = text.find_first_not_of(kDigits);
    if (hours == 0 || hours == std::string_view::npos || text[hours] != ':') return false;
    const std::size_t minutes = std::min(text.find_first_not_of(kDigits, hours + 1), text.size());
    return minutes > hours + 1 && (minutes == text.size() || text[minutes] == ':');
}

/// What an unquoted YAML scalar is: null, a boolean, a whole number, a number, or the text itself.
///
/// returns  nothing for what readers disagree about: 010 (ten, or eight), 1:30 (a text, or ninety), numbers
///          that do not fit
/// source   YAML 1.1 as PyYAML reads it, which Weights & Biases uses, but that 1e-4 is a number, as in YAML
///          1.2
std::optional<Json> resolve_scalar(std::string_view text) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    static const std::map<std::string_view, Json> words = {
        {"", nullptr},        {"~", nullptr},        {"null", nullptr},     {"Null", nullptr},
        {"NULL", nullptr},    {"true", true},        {"True", true},        {"TRUE", true},
        {"yes", true},        {"Yes", true},         {"YES", true},         {"on", true},
        {"On", true},         {"ON", true},          {"false", false},      {"False", false},
        {"FALSE", false},     {"no", false},         {"No", false},         {"NO", false},
        {"off", false},       {"Off", false},        {"OFF", false},        {".inf", kInfinity},
        {".Inf", kInfinity},  {".INF", kInfinity},   {"+.inf", kInfinity},  {"+.Inf", kInfinity},
        {"+.INF", kInfinity}, {"-.inf", -kInfinity}, {"-.Inf", -kInfinity}, {"-.INF", -kInfinity},
        {".nan", kNan},       {".NaN", kNan},        {".NAN", kNan}};
    if (const auto word = words.find(text); word != words.end()) return word->second;
    if (text.size() > 2 && text.starts_with("0x") &&
        text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos)
        return unsigned_number(text.substr(2), false, 16);
    if (is_time(text)) return std::nullopt;
    const bool has_sign = text[0] == '-' || text[0] == '+';
    const std::string_view plain = text.substr(has_sign ? 1 : 0);
    if (is_number(plain)) return unsigned_number(plain, text[0] == '-', 10);
    return Json(std::string(text));
}

}  // namespace

std::string YamlValue::place() const {
    return fmt::format("{}:{}", *thing_, line_);
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
    const std::optional<Json> value = resolve_scalar(node_->text);
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
    const std::string& name = node_->keys[i].text;
    YamlValue value(node_->items[i], *thing_, path_.empty() ? name : path_ + "." + name);
    value.line_ = node_->keys[i].line;
    return value;
}

std::vector<std::pair<std::string, YamlValue>> YamlValue::members() const {
    need_map();
    std::vector<std::pair<std::string, YamlValue>> all;
    for (std::size_t i = 0; i < node_->keys.size(); ++i) all.emplace_back(node_->keys[i].text, member(i));
    return all;
}

void YamlValue::allow_only(std::span<const std::string_view> names) const {
    need_map();
    for (std::size_t i = 0; i < node_->keys.size(); ++i) {
        if (std::ranges::find(names, node_->keys[i].text) != names.end()) continue;
        member(i).refuse("needs a key that melvit knows here (" + joined(names) + ")", "it is another one");
    }
}

std::optional<YamlValue> YamlValue::find(std::string_view name) const {
    need_map();
    for (std::size_t i = 0; i < node_->keys.size(); ++i) {
        if (node_->keys[i].text == name) return member(i);
    }
    return std::nullopt;
}

YamlValue YamlValue::at(std::string_view name) const {
    const std::optional<YamlValue> value = find(name);
    if (!value) refuse(fmt::format("needs the key {}", name), "it is missing");
    return *value;
}

}  // namespace melvit
