#include "melvit/search/distribution_reader.h"

#include "melvit/core/text.h"
#include "melvit/search/distribution.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace melvit {
namespace {

using Kind = DistributionKind;

constexpr double kMostExponent = 700;  // e^709 is the largest double
constexpr std::size_t kMostPoints = 1'000'000;
constexpr double kMostSigmas = 10;  // no random share lies further out

bool has_part(Kind kind, std::string_view part) {
    return name_of(kind).find(part) != std::string_view::npos;
}

/// log_uniform and kin, whose bounds are exponents of e.
bool takes_exponents(Kind kind) {
    return has_part(kind, "log_uniform") && !has_part(kind, "_values");
}

Kind kind_of(const YamlValue& value) {
    const std::optional<YamlValue> named = value.find("distribution");
    if (named) {
        const std::string name = named->text();
        if (name == "categorical_w_probabilities") return Kind::categorical;
        const std::optional<Kind> kind = distribution_kind(name);
        if (!kind)
            named->refuse(
                "needs to be a distribution of W&B sweeps (categorical, uniform, log_uniform_values ...)");
        return *kind;
    }
    if (value.find("value")) return Kind::constant;
    if (value.find("values")) return Kind::categorical;
    const std::optional<YamlValue> min = value.find("min");
    const std::optional<YamlValue> max = value.find("max");
    if (min && max) return min->is_whole() && max->is_whole() ? Kind::int_uniform : Kind::uniform;
    value.refuse("needs value, values, min and max, or a distribution", "it has none of these");
}

std::vector<std::string_view> keys_of(Kind kind) {
    std::vector<std::string_view> keys = {"distribution"};
    if (kind == Kind::constant) {
        keys.push_back("value");
    } else if (kind == Kind::categorical) {
        keys.insert(keys.end(), {"values", "probabilities"});
    } else if (has_part(kind, "uniform")) {
        keys.insert(keys.end(), {"min", "max"});
    } else if (has_part(kind, "normal")) {
        keys.insert(keys.end(), {"mu", "sigma"});
    } else {
        keys.insert(keys.end(), {"a", "b"});
    }
    if (is_quantised(kind)) keys.push_back("q");
    return keys;
}

void read_probabilities(const YamlValue& list, Distribution& d) {
    double sum = 0;
    for (const YamlValue& item : list.items()) {
        const double probability = item.number();
        if (probability < 0) item.refuse("needs to be at least 0");
        d.probabilities.push_back(probability);
        sum += probability;
    }
    if (d.probabilities.size() != d.values.size()) {
        list.refuse(fmt::format("needs a probability for each of the {} values", d.values.size()));
    }
    if (std::abs(sum - 1) > 1e-6)
        list.refuse("needs probabilities with the sum 1", fmt::format("it is {}", sum));
    for (double& probability : d.probabilities) probability /= sum;
}

void read_values(const YamlValue& value, Distribution& d) {
    const YamlValue list = value.at("values");
    for (const YamlValue& item : list.items()) d.values.push_back(item.scalar());
    if (d.values.empty()) list.refuse("needs at least one value", "the list is empty");
    const std::optional<YamlValue> probabilities = value.find("probabilities");
    if (probabilities) return read_probabilities(*probabilities, d);
    const std::optional<YamlValue> named = value.find("distribution");
    if (named && named->text() != "categorical") value.refuse("needs the key probabilities", "it is missing");
}

void check_bound(const YamlValue& bound, Kind kind) {
    const double number = bound.number();
    if (kind == Kind::int_uniform) {
        constexpr auto kMost = static_cast<std::int64_t>(kMostExact);
        (void)bound.whole(-kMost, kMost);
    } else if (takes_exponents(kind) && std::abs(number) > kMostExponent) {
        bound.refuse(fmt::format("needs to be an exponent of e from -{0} to {0} ({1}_values takes values)",
                                 kMostExponent, name_of(kind)));
    } else if (has_part(kind, "_values") && number < std::numeric_limits<double>::min()) {
        bound.refuse("needs to be above 0");
    }
}

void read_bounds(const YamlValue& value, Distribution& d) {
    const YamlValue min = value.at("min");
    const YamlValue max = value.at("max");
    check_bound(min, d.kind);
    check_bound(max, d.kind);
    d.min = min.number();
    d.max = max.number();
    if (!(d.min < d.max)) {
        value.refuse("needs min below max", fmt::format("min is {} and max is {}", d.min, d.max));
    }
    if (!std::isfinite(d.max - d.min)) value.refuse("needs a finite range", "max - min overflows");
}

void read_normal(const YamlValue& value, Distribution& d) {
    const std::optional<YamlValue> mu = value.find("mu");
    const std::optional<YamlValue> sigma = value.find("sigma");
    if (mu) d.mu = mu->number();
    if (sigma) d.sigma = sigma->number();
    if (sigma && d.sigma <= 0) sigma->refuse("needs to be above 0");
    const double furthest = std::abs(d.mu) + kMostSigmas * d.sigma;
    const double most = has_part(d.kind, "log") ? kMostExponent : 1e300;
    if (furthest <= most) return;
    value.refuse("needs mu and sigma whose values are finite numbers",
                 fmt::format("mu {}, sigma {} give others", d.mu, d.sigma));
}

void read_beta(const YamlValue& value, Distribution& d) {
    for (const auto& [name, shape] : {std::pair{"a", &d.alpha}, std::pair{"b", &d.beta}}) {
        const std::optional<YamlValue> given = value.find(name);
        if (!given) continue;
        *shape = given->number();
        if (*shape < 0.01 || *shape > 10'000) given->refuse("needs to be from 0.01 to 10000");
    }
}

/// The largest value, without its sign.
double furthest_value(const Distribution& d) {
    const double furthest = std::max(std::abs(d.min), std::abs(d.max));
    if (has_part(d.kind, "beta")) return 1;
    if (has_part(d.kind, "normal")) {
        const double most = std::abs(d.mu) + kMostSigmas * d.sigma;
        return has_part(d.kind, "log") ? std::exp(most) : most;
    }
    return takes_exponents(d.kind) ? std::exp(d.max) : furthest;
}

void read_step(const YamlValue& value, Distribution& d) {
    const std::optional<YamlValue> q = value.find("q");
    d.whole = !q || q->is_whole();
    if (!q) return;
    d.q = q->number();
    if (d.q <= 0) q->refuse("needs to be above 0");
    // A multiple is counted exactly up to 2^53.
    if (furthest_value(d) / d.q > kMostExact)
        q->refuse("needs to be a step that the values can be rounded to");
}

void note_exponents(const YamlValue& value, const Distribution& d, std::vector<std::string>& notices) {
    if (!takes_exponents(d.kind)) return;
    const bool is_inverse = d.kind == Kind::inv_log_uniform;
    notices.push_back(fmt::format(
        "{}: {}: {} takes exponents of e, so values run from {:.4g} to {:.4g} ({}_values takes values)",
        value.place(), value.path(), name_of(d.kind), std::exp(is_inverse ? -d.max : d.min),
        std::exp(is_inverse ? -d.min : d.max), name_of(d.kind)));
}

Distribution read_distribution(const YamlValue& value, std::vector<std::string>& notices) {
    Distribution d;
    d.kind = kind_of(value);
    value.allow_only(keys_of(d.kind));
    if (d.kind == Kind::constant) {
        d.values.push_back(value.at("value").scalar());
    } else if (d.kind == Kind::categorical) {
        read_values(value, d);
    } else if (has_part(d.kind, "uniform")) {
        read_bounds(value, d);
    } else if (has_part(d.kind, "normal")) {
        read_normal(value, d);
    } else {
        read_beta(value, d);
    }
    if (is_quantised(d.kind)) read_step(value, d);
    note_exponents(value, d, notices);
    return d;
}

/// [A-Za-z_][A-Za-z0-9_.-]*
bool is_name(std::string_view name) {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    const auto may_follow = [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
    };
    return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), may_follow);
}

/// prefix  of the names, "optimizer." in a nested map
void add_parameters(const YamlValue& parameters, const std::string& prefix, std::vector<ReadParameter>& read,
                    std::vector<std::string>& notices) {
    const auto members = parameters.members();
    if (members.empty()) parameters.refuse("needs at least one parameter", "it has none");
    for (const auto& [name, value] : members) {
        if (!is_name(name))
            value.refuse("needs a name of letters, digits and _ . - that begins with a letter",
                         "it has another");
        if (!value.is_map()) value.refuse("needs to be a map such as {value: 0.1} or {values: [0.1, 0.2]}");
        const std::optional<YamlValue> nested = value.find("parameters");
        if (nested) {
            constexpr std::string_view kOnly[] = {"parameters"};
            value.allow_only(kOnly);
            add_parameters(*nested, prefix + name + ".", read, notices);
        } else {
            read.push_back({{prefix + name, read_distribution(value, notices), value.place()}, value});
        }
    }
}

/// Of a q_uniform: whether max would be the next value.
bool leaves_max_out(const Distribution& d) {
    const double next = d.min + static_cast<double>(grid_size(d)) * d.q;
    return std::abs(next - d.max) < 1e-9 * d.q;
}

void note_left_out(const ReadParameter& read, std::vector<std::string>& notices) {
    const Distribution& d = read.parameter.distribution;
    const std::string place = read.value.place() + ": " + read.value.path();
    if (d.kind == Kind::q_uniform && leaves_max_out(d)) {
        notices.push_back(fmt::format("{}: the grid leaves max ({}) out, as that of W&B does", place, d.max));
    }
    if (d.kind == Kind::categorical && grid_size(d) < d.values.size()) {
        notices.push_back(fmt::format("{}: equal values count once: {} of {} are left", place, grid_size(d),
                                      d.values.size()));
    }
}

}  // namespace

std::vector<ReadParameter> read_parameters(const YamlValue& parameters, std::vector<std::string>& notices) {
    std::vector<ReadParameter> read;
    add_parameters(parameters, "", read, notices);
    std::stable_sort(read.begin(), read.end(),
                     [](const auto& a, const auto& b) { return a.parameter.name < b.parameter.name; });
    const auto equal = std::adjacent_find(read.begin(), read.end(), [](const auto& a, const auto& b) {
        return a.parameter.name == b.parameter.name;
    });
    if (equal != read.end()) {
        std::next(equal)->value.refuse("needs each parameter once: " + printable(equal->parameter.name),
                                       fmt::format("it stands in line {} as well", equal->value.line()));
    }
    return read;
}

void check_grid(const std::vector<ReadParameter>& parameters, std::vector<std::string>& notices) {
    std::size_t points = 1;
    for (const ReadParameter& read : parameters) {
        const Distribution& d = read.parameter.distribution;
        const std::size_t count = grid_size(d);
        if (count == 0) {
            read.value.refuse(
                "needs a list of values in a grid (constant, categorical, int_uniform or q_uniform)",
                fmt::format("it is {}", name_of(d.kind)));
        }
        if (!d.probabilities.empty()) {
            read.value.refuse("needs values without probabilities in a grid", "it has them");
        }
        if (count > kMostPoints / points) {
            read.value.refuse(fmt::format("needs a grid of at most {} points", kMostPoints),
                              fmt::format("its {} values make more", count));
        }
        points *= count;
        note_left_out(read, notices);
    }
}

}  // namespace melvit
