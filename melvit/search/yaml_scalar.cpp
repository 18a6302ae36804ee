#include "melvit/search/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

std::size_t digits_at(std::string_view text, std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - from;
}

/// [sign] digits [. digits] [e [sign] digits], with a digit before or after the point.
bool looks_like_a_number(std::string_view text) {
    std::size_t at = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
    const std::size_t before = digits_at(text, at);
    at += before;
    std::size_t after = 0;
    if (at < text.size() && text[at] == '.') after = digits_at(text, ++at);
    at += after;
    if (before + after == 0) return false;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        const std::size_t exponent = digits_at(text, at);
        if (exponent == 0) return false;
        at += exponent;
    }
    return at == text.size();
}

/// digits : digits, the base 60 of YAML 1.1.
bool looks_like_a_time(std::string_view text) {
    const std::size_t hours = digits_at(text, 0);
    if (hours == 0 || hours >= text.size() || text[hours] != ':') return false;
    const std::size_t minutes = digits_at(text, hours + 1);
    return minutes > 0 && (hours + 1 + minutes == text.size() || text[hours + 1 + minutes] == ':');
}

std::optional<Json> whole_number(std::string_view digits, bool is_negative, int base) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value > kMost) return std::nullopt;
    const auto number = static_cast<std::int64_t>(value);
    return Json(is_negative ? -number : number);
}

/// text  without its sign
std::optional<Json> number(std::string_view text, bool is_negative) {
    if (digits_at(text, 0) == text.size()) {
        if (text.size() > 1 && text[0] == '0') return std::nullopt;
        return whole_number(text, is_negative, 10);
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return Json(is_negative ? -value : value);
}

std::optional<Json> signed_number(std::string_view text) {
    const bool is_negative = text[0] == '-';
    if (text[0] == '+' || is_negative) text.remove_prefix(1);
    return number(text, is_negative);
}

}  // namespace

std::optional<Json> resolve_yaml_scalar(std::string_view text) {
    constexpr std::array<std::string_view, 5> kNulls = {"", "~", "null", "Null", "NULL"};
    constexpr std::array<std::string_view, 9> kTrue = {"true", "True", "TRUE", "yes", "Yes",
                                                       "YES",  "on",   "On",   "ON"};
    constexpr std::array<std::string_view, 9> kFalse = {"false", "False", "FALSE", "no", "No",
                                                        "NO",    "off",   "Off",   "OFF"};
    constexpr std::array<std::string_view, 6> kInfinite = {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"};
    constexpr std::array<std::string_view, 3> kMinusInfinite = {"-.inf", "-.Inf", "-.INF"};
    constexpr std::array<std::string_view, 3> kNan = {".nan", ".NaN", ".NAN"};
    if (is_one_of(text, kNulls)) return Json(nullptr);
    if (is_one_of(text, kTrue)) return Json(true);
    if (is_one_of(text, kFalse)) return Json(false);
    if (is_one_of(text, kInfinite)) return Json(std::numeric_limits<double>::infinity());
    if (is_one_of(text, kMinusInfinite)) return Json(-std::numeric_limits<double>::infinity());
    if (is_one_of(text, kNan)) return Json(std::numeric_limits<double>::quiet_NaN());
    if (text.starts_with("0x") && text.size() > 2 &&
        text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos) {
        return whole_number(text.substr(2), false, 16);
    }
    if (looks_like_a_time(text)) return std::nullopt;
    if (looks_like_a_number(text)) return signed_number(text);
    return Json(std::string(text));
}

}  // namespace melvit
