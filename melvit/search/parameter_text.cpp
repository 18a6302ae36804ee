#include "melvit/search/parameter_text.h"

#include <cmath>
#include <fmt/format.h>

namespace melvit {

std::string value_text(const nlohmann::ordered_json& value) {
    if (value.is_number()) {
        const double number = value.get<double>();
        constexpr double kMostWhole = 1e15;
        const bool whole = std::abs(number) < kMostWhole && std::trunc(number) == number;
        return whole ? fmt::format("{:.0f}", number) : fmt::format("{:.4g}", number);
    }
    if (value.is_string()) return value.get<std::string>();
    if (value.is_null()) return "none";
    return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string parameters_text(const nlohmann::ordered_json& parameters) {
    std::string text;
    for (const auto& item : parameters.items()) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", item.key(), value_text(item.value()));
    }
    return text;
}

}  // namespace melvit
