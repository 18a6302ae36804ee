#include "melvit/tracking/python_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <string_view>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

/// A positive or negative decimal number: 0.DIGITS x 10^point, without the sign.
struct Decimal {
    std::string digits;  ///< at least one, none of them is a trailing zero but in "0"
    int point = 0;
};

Decimal shortest_decimal(double magnitude) {
    std::array<char, 32> text{};  // "d.dddddddddddddddde-308" is the longest
    const char* const end =
        std::to_chars(text.data(), text.data() + text.size(), magnitude, std::chars_format::scientific).ptr;
    Decimal decimal;
    const char* c = text.data();
    for (; *c != 'e'; ++c) {
        if (*c != '.') decimal.digits.push_back(*c);
    }
    std::from_chars(c + (c[1] == '+' ? 2 : 1), end, decimal.point);  // from_chars takes no "+"
    ++decimal.point;
    return decimal;
}

/// Digits with a point in them or a zero after it: "100.0", "0.001".
std::string fixed_text(const Decimal& decimal) {
    const std::string& digits = decimal.digits;
    if (decimal.point <= 0) {
        return fmt::format("0.{}{}", std::string(static_cast<std::size_t>(-decimal.point), '0'), digits);
    }
    const auto whole = static_cast<std::size_t>(decimal.point);
    if (digits.size() <= whole) return digits + std::string(whole - digits.size(), '0') + ".0";
    return fmt::format("{}.{}", digits.substr(0, whole), digits.substr(whole));
}

std::string exponent_text(const Decimal& decimal) {
    const int exponent = decimal.point - 1;
    std::string text = decimal.digits;
    if (text.size() > 1) text.insert(1, 1, '.');
    return fmt::format("{}e{}{:02}", text, exponent < 0 ? '-' : '+', std::abs(exponent));
}

std::string json_number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    return python_float(value);
}

std::string json_string(const Json& text) {
    return text.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

std::string python_float(double value) {
    if (std::isnan(value)) return "nan";
    const std::string sign = std::signbit(value) ? "-" : "";
    if (std::isinf(value)) return sign + "inf";
    const Decimal decimal = shortest_decimal(std::abs(value));
    const bool plain = decimal.point > -4 && decimal.point <= 16;  // float_repr_style's limits
    return sign + (plain ? fixed_text(decimal) : exponent_text(decimal));
}

std::string python_floats(std::span<const double> values) {
    std::string text = "[";
    for (const double value : values) {
        if (text.size() > 1) text += ", ";
        text += python_float(value);
    }
    return text + "]";
}

std::string python_json(const Json& value) {
    if (value.is_number_float()) return json_number(value.get<double>());
    if (!value.is_structured()) return json_string(value);
    const bool object = value.is_object();
    std::string text;
    for (const auto& item : value.items()) {
        if (!text.empty()) text += ", ";
        if (object) text += json_string(Json(item.key())) + ": ";
        text += python_json(item.value());
    }
    return object ? fmt::format("{{{}}}", text) : fmt::format("[{}]", text);
}

std::string python_text(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
    if (value.is_null()) return "None";
    if (value.is_number_float()) return python_float(value.get<double>());
    return python_json(value);
}

}  // namespace melvit
