#include "melvit/head/head_set.h"

#include "melvit/core/error.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>

namespace melvit {
namespace {

void check_features(const HeadSet& set, const Matrix& features) {
    if (features.columns() != set.inputs()) {
        throw Error("features", fmt::format("needs {} numbers a row, as in training", set.inputs()),
                    fmt::format("there are {}", features.columns()));
    }
    for (std::size_t row = 0; row < features.rows(); ++row) {
        for (const float value : features.row(row)) {
            if (!std::isfinite(value)) {
                throw Error("features", "needs finite numbers", fmt::format("row {} holds {}", row, value));
            }
        }
    }
}

}  // namespace

Standardisation measure_standardisation(const Matrix& features) {
    assert(features.rows() > 0);
    const std::size_t width = features.columns();
    const auto count = static_cast<double>(features.rows());
    std::vector<double> mean(width, 0.0);
    for (std::size_t row = 0; row < features.rows(); ++row) {
        for (std::size_t i = 0; i < width; ++i) mean[i] += features(row, i) / count;
    }
    std::vector<double> variance(width, 0.0);
    for (std::size_t row = 0; row < features.rows(); ++row) {
        for (std::size_t i = 0; i < width; ++i) {
            const double distance = features(row, i) - mean[i];
            variance[i] += distance * distance / count;
        }
    }
    Standardisation result{Matrix(1, width), Matrix(1, width)};
    for (std::size_t i = 0; i < width; ++i) {
        result.mean(0, i) = static_cast<float>(mean[i]);
        // Rounding alone gives a constant feature a standard deviation of some 1e-16 of its size.
        const double sd = std::sqrt(variance[i]);
        const bool constant = sd <= 1e-7 * std::abs(mean[i]) || sd < 1e-30;
        result.standard_deviation(0, i) = constant ? 1.0F : static_cast<float>(sd);
    }
    return result;
}

Matrix standardise(const Standardisation& standardisation, Matrix features) {
    if (standardisation.empty()) return features;
    assert(features.columns() == standardisation.mean.columns());
    const auto mean = standardisation.mean.row(0);
    const auto sd = standardisation.standard_deviation.row(0);
    for (std::size_t row = 0; row < features.rows(); ++row) {
        const auto values = features.row(row);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = (values[i] - mean[i]) / sd[i];
    }
    return features;
}

Matrix predict_rows(const HeadSet& set, const Matrix& features) {
    check_features(set, features);
    const Matrix inputs = standardise(set.standardisation, features);
    Matrix mean(features.rows(), set.outputs());
    const auto share = 1.0F / static_cast<float>(set.heads.size());
    for (const Head& head : set.heads) {
        const Matrix probabilities = softmax(apply_head(head, inputs));
        for (std::size_t i = 0; i < mean.size(); ++i) mean.values()[i] += share * probabilities.values()[i];
    }
    return mean;
}

Matrix mean_over_rows(const Matrix& probabilities, std::span<const std::size_t> first_row) {
    assert(!first_row.empty() && first_row.back() <= probabilities.rows());
    Matrix means(first_row.size() - 1, probabilities.columns());
    for (std::size_t track = 0; track < means.rows(); ++track) {
        assert(first_row[track] < first_row[track + 1]);
        const auto share = 1.0F / static_cast<float>(first_row[track + 1] - first_row[track]);
        for (std::size_t row = first_row[track]; row < first_row[track + 1]; ++row) {
            for (std::size_t genre = 0; genre < means.columns(); ++genre) {
                means(track, genre) += share * probabilities(row, genre);
            }
        }
    }
    return means;
}

}  // namespace melvit
