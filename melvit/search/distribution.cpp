#include "melvit/search/distribution.h"

#include "melvit/core/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <set>
#include <string>
#include <utility>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;
using Kind = DistributionKind;

struct NamedKind {
    std::string_view name;
    Kind kind;
};

constexpr std::array<NamedKind, 17> kKinds = {
    NamedKind{"constant", Kind::constant},
    {"categorical", Kind::categorical},
    {"int_uniform", Kind::int_uniform},
    {"uniform", Kind::uniform},
    {"q_uniform", Kind::q_uniform},
    {"log_uniform", Kind::log_uniform},
    {"q_log_uniform", Kind::q_log_uniform},
    {"inv_log_uniform", Kind::inv_log_uniform},
    {"log_uniform_values", Kind::log_uniform_values},
    {"q_log_uniform_values", Kind::q_log_uniform_values},
    {"inv_log_uniform_values", Kind::inv_log_uniform_values},
    {"normal", Kind::normal},
    {"q_normal", Kind::q_normal},
    {"log_normal", Kind::log_normal},
    {"q_log_normal", Kind::q_log_normal},
    {"beta", Kind::beta},
    {"q_beta", Kind::q_beta},
};

/// Whether min and max of a log-uniform distribution are values, not exponents.
bool takes_values(Kind kind) {
    return name_of(kind).ends_with("_values");
}

/// Where the logarithm of a log-uniform value lies.
std::pair<double, double> log_range(const Distribution& d) {
    switch (d.kind) {
        case Kind::inv_log_uniform:
            return {-d.max, -d.min};
        case Kind::log_uniform:
        case Kind::q_log_uniform:
            return {d.min, d.max};
        default:
            return {std::log(d.min), std::log(d.max)};
    }
}

/// Before rounding to multiples of q.
double continuous_quantile(const Distribution& d, double u) {
    switch (d.kind) {
        case Kind::uniform:
        case Kind::q_uniform:
            return std::clamp(d.min + u * (d.max - d.min), d.min, d.max);
        case Kind::normal:
        case Kind::q_normal:
            return d.mu + d.sigma * normal_quantile(u);
        case Kind::log_normal:
        case Kind::q_log_normal:
            return std::exp(d.mu + d.sigma * normal_quantile(u));
        case Kind::beta:
        case Kind::q_beta:
            return beta_quantile(u, d.alpha, d.beta);
        default: {
            const auto [low, high] = log_range(d);
            const double value = std::exp(low + u * (high - low));
            // exp(log(min)) may lie below min.
            return takes_values(d.kind) ? std::clamp(value, d.min, d.max) : value;
        }
    }
}

/// Of a positive value whose logarithm is uniform or normal.
double log_share_below(const Distribution& d, double value) {
    if (value <= 0) return 0;  // a multiple of q may be 0
    if (d.kind == Kind::log_normal || d.kind == Kind::q_log_normal) {
        return normal_cdf((std::log(value) - d.mu) / d.sigma);
    }
    const auto [low, high] = log_range(d);
    return (std::log(value) - low) / (high - low);
}

double unclamped_share_below(const Distribution& d, double value) {
    switch (d.kind) {
        case Kind::int_uniform:
            return (value - d.min + 0.5) / (d.max - d.min + 1);
        case Kind::uniform:
        case Kind::q_uniform:
            return (value - d.min) / (d.max - d.min);
        case Kind::normal:
        case Kind::q_normal:
            return normal_cdf((value - d.mu) / d.sigma);
        case Kind::beta:
        case Kind::q_beta:
            return incomplete_beta(value, d.alpha, d.beta);
        default:
            return log_share_below(d, value);
    }
}

Json number(double value, bool whole) {
    if (whole && std::trunc(value) == value && std::abs(value) <= kMostExact) {
        return static_cast<std::int64_t>(value);
    }
    return value;
}

const Json& listed_quantile(const Distribution& d, double u) {
    const std::size_t count = d.values.size();
    if (d.probabilities.empty()) {
        return d.values[std::min(count - 1, static_cast<std::size_t>(u * static_cast<double>(count)))];
    }
    std::size_t last = 0;
    double below = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (d.probabilities[i] <= 0) continue;
        last = i;
        below += d.probabilities[i];
        if (u < below) break;
    }
    return d.values[last];
}

std::vector<Json> distinct(const std::vector<Json>& values) {
    std::set<std::string> seen;
    std::vector<Json> kept;
    for (const Json& value : values) {
        if (seen.insert(value_key(value)).second) kept.push_back(value);
    }
    return kept;
}

}  // namespace

bool is_quantised(Kind kind) {
    return name_of(kind).starts_with("q_");
}

std::string_view name_of(Kind kind) {
    const auto* found =
        std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return k.kind == kind; });
    return found->name;
}

std::optional<Kind> distribution_kind(std::string_view name) {
    for (const NamedKind& known : kKinds) {
        if (known.name == name) return known.kind;
    }
    return std::nullopt;
}

bool is_listed(Kind kind) {
    return kind == Kind::constant || kind == Kind::categorical;
}

Json quantile(const Distribution& d, double u) {
    if (is_listed(d.kind)) return listed_quantile(d, u);
    if (d.kind == Kind::int_uniform) {
        return number(std::min(d.max, d.min + std::floor(u * (d.max - d.min + 1))), true);
    }
    const double value = continuous_quantile(d, u);
    if (!is_quantised(d.kind)) return value;
    // nearbyint rounds halves to even, as numpy.round.
    return number(std::nearbyint(value / d.q) * d.q, d.whole);
}

double share_below(const Distribution& d, double value) {
    return std::clamp(unclamped_share_below(d, value), 0.0, 1.0);
}

std::string value_key(const Json& value) {
    if (!value.is_number_float()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
    const auto number = value.get<double>();
    if (std::trunc(number) == number && std::abs(number) <= kMostExact) {
        return std::to_string(static_cast<std::int64_t>(number));
    }
    return fmt::format("{}", number);
}

std::size_t grid_size(const Distribution& d) {
    if (is_listed(d.kind)) return distinct(d.values).size();
    if (d.kind == Kind::int_uniform) return static_cast<std::size_t>(d.max - d.min) + 1;
    if (d.kind == Kind::q_uniform) return static_cast<std::size_t>(std::ceil((d.max - d.min) / d.q));
    return 0;
}

std::vector<Json> grid_values(const Distribution& d) {
    if (is_listed(d.kind)) return distinct(d.values);
    std::vector<Json> values(grid_size(d));
    const bool is_int = d.kind == Kind::int_uniform;
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = number(d.min + static_cast<double>(i) * (is_int ? 1.0 : d.q), is_int || d.whole);
    }
    return values;
}

}  // namespace melvit
