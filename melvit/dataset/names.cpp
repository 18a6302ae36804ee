#include "melvit/dataset/names.h"

#include "melvit/core/text.h"

#include <algorithm>
#include <cstddef>

namespace melvit {
namespace {

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

/// Takes the number that the text starts with off it, without leading zeros.
std::string_view take_number(std::string_view& text) {
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    std::string_view number = text.substr(0, end);
    text.remove_prefix(end);
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    return number;
}

}  // namespace

bool natural_less(std::string_view left, std::string_view right) {
    const std::string_view whole_left = left, whole_right = right;
    while (!left.empty() && !right.empty()) {
        if (is_digit(left[0]) && is_digit(right[0])) {
            const std::string_view a = take_number(left), b = take_number(right);
            if (a.size() != b.size()) return a.size() < b.size();
            if (a != b) return a < b;
        } else {
            if (left[0] != right[0]) return left[0] < right[0];
            left.remove_prefix(1);
            right.remove_prefix(1);
        }
    }
    if (left.empty() != right.empty()) return left.empty();
    return whole_left < whole_right;  // they differ in leading zeros at most
}

std::optional<std::string> subset_name(std::string_view name) {
    const std::string lower = lower_case(name);
    if (lower == "train" || lower == "training") return "train";
    if (lower == "validation" || lower == "valid" || lower == "val" || lower == "dev") return "validation";
    if (lower == "test") return "test";
    return std::nullopt;
}

}  // namespace melvit
