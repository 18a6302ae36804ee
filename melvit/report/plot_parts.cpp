#include "melvit/report/plot_parts.h"

#include "melvit/core/rounding.h"
#include "melvit/report/figure.h"
#include "melvit/report/template.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <iterator>

namespace melvit {

std::string line_colour(std::size_t index) {
    constexpr std::array<std::string_view, kMostInLegend> kColours = {
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C564B"};
    return std::string(kColours[index % kColours.size()]);
}

std::string epoch_axis(int epochs, int most_tics) {
    int step = 1;
    for (const int next : {2, 5, 10, 20, 50, 100, 200, 500, 1000}) {
        if (epochs / step <= most_tics) break;
        step = next;
    }
    return filled("epoch_axis.gnuplot", {{"epochs", epochs}, {"step", epochs <= 1 ? 0 : step}});
}

std::string curve_style(int epochs) {
    return epochs <= 1 ? "with points pointtype 7 pointsize 0.7" : "with lines linewidth 1.5";
}

std::string tics_of_decades(double low, double high, int most_with_steps) {
    const int first = static_cast<int>(std::floor(std::log10(low)));
    const int last = static_cast<int>(std::floor(std::log10(high)));
    std::string tics;
    for (int decade = first; decade <= last; ++decade) {
        for (const int step : {1, 2, 5}) {
            if (step > 1 && last - first > most_with_steps) continue;
            tics +=
                fmt::format("{}{}", tics.empty() ? "" : ", ", short_number(step * std::pow(10.0, decade)));
        }
    }
    return tics;
}

std::string metric_axis(const std::vector<double>& values, Measure measure) {
    constexpr double kFarApart = 8;
    std::vector<double> finite;
    std::ranges::copy_if(values, std::back_inserter(finite),
                         [](double value) { return std::isfinite(value); });
    const auto axis = [](double low, double high, const std::string& log_tics) {
        return filled("metric_axis.gnuplot", {{"low", low}, {"high", high}, {"log_tics", log_tics}});
    };
    if (measure == Measure::loss && !finite.empty()) {
        const auto [low, high] = std::ranges::minmax(finite);
        if (low > 0 && high > kFarApart * low) return axis(low / 1.1, 1.1 * high, tics_of_decades(low, high));
    }
    const auto [low, high] = range_of(std::move(finite));
    return axis(low, high, "");
}

std::string label_rotation(const std::vector<std::string>& labels) {
    constexpr std::size_t kFitsAslant = 10;  // letters; longer ones would leave the picture at its left
    constexpr std::size_t kMostAslant = 14;  // more would lie on each other
    const bool aslant = labels.size() <= kMostAslant && std::ranges::all_of(labels, [](const auto& label) {
                            return label.size() <= kFitsAslant;
                        });
    return fmt::format("rotate by {} right", aslant ? 45 : 90);
}

std::string tics_at_places(const std::vector<std::string>& labels, std::size_t most) {
    const std::size_t step = divided_up(labels.size(), most);
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < labels.size(); place += step) places.push_back(place);
    const std::size_t last = labels.size() - 1;
    const std::size_t rest = last - places.back();
    if (rest > 0 && 2 * rest <= step && places.size() > 1) places.pop_back();  // too close to the last one
    if (rest > 0) places.push_back(last);
    std::string tics;
    for (const std::size_t place : places) {
        tics +=
            fmt::format("{}{} {}", tics.empty() ? "" : ", ", gnuplot_tic(shortened(labels[place])), place);
    }
    return "(" + tics + ")";
}

std::string metric_colours(const std::vector<double>& values, const std::string& name) {
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    double low = 0;
    double high = 1;
    if (!sorted.empty()) {
        low = sorted.front();
        const double quarter = sorted[sorted.size() / 4];
        const double three_quarters = sorted[sorted.size() * 3 / 4];
        high = std::min(sorted.back(), three_quarters + 1.5 * (three_quarters - quarter));
        if (high <= low) high = sorted.back();
        if (!differ(low, high)) high = low + 1;
    }
    return filled("metric_colours.gnuplot", {{"low", low}, {"high", high}, {"name", gnuplot_text(name)}});
}

std::string name_of(const CurveKind& kind) {
    return fmt::format("{} {}", kind.subset == Subset::training ? "training" : "validation",
                       kind.measure == Measure::error ? "error (%)" : "loss");
}

std::string slug_of(const CurveKind& kind) {
    return fmt::format("{}-{}", kind.subset == Subset::training ? "training" : "validation",
                       kind.measure == Measure::error ? "error" : "loss");
}

std::string slug_of(std::string_view name) {
    std::string slug;
    for (const char c : name) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            slug += c;
        } else if (c >= 'A' && c <= 'Z') {
            slug += static_cast<char>(c + 32);
        } else if (!slug.empty() && slug.back() != '-') {
            slug += '-';
        }
    }
    slug = slug.substr(0, 40);
    while (slug.ends_with('-')) slug.pop_back();
    return slug;
}

std::string shortened(std::string_view text, std::size_t most) {
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
        if (starts && ++characters > most) return std::string(text.substr(0, i)) + "\xE2\x80\xA6";
    }
    return std::string(text);
}

}  // namespace melvit
