#include "melvit/training/training_data.h"

#include "melvit/core/error.h"
#include "melvit/head/forward.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <utility>

namespace melvit {
namespace {

void check_finite(std::span<const float> features, const std::string& file) {
    const auto broken = std::ranges::find_if(features, [](float value) { return !std::isfinite(value); });
    if (broken == features.end()) return;
    throw Error(file, "needs finite features",
                fmt::format("feature {} is {}", broken - features.begin(), *broken));
}

}  // namespace

SubsetRows rows_of_tracks(const FeatureTable& table, std::span<const std::size_t> tracks) {
    std::size_t count = 0;
    for (const std::size_t track : tracks) count += table.first_row[track + 1] - table.first_row[track];
    SubsetRows subset{Matrix(count, table.width()), {}, {0}, {}};
    for (const std::size_t track : tracks) {
        assert(table.labels[track] < table.genres.size());
        for (std::size_t row = table.first_row[track]; row < table.first_row[track + 1]; ++row) {
            check_finite(table.rows.row(row), table.files[track]);
            std::ranges::copy(table.rows.row(row), subset.features.row(subset.labels.size()).begin());
            subset.labels.push_back(table.labels[track]);
        }
        if (subset.labels.size() == subset.first_row.back()) {
            throw Error(table.files[track], "needs at least one row of features", "it has none");
        }
        subset.first_row.push_back(subset.labels.size());
        subset.track_labels.push_back(table.labels[track]);
    }
    return subset;
}

TrainingData training_data(const FeatureTable& table, const Split& split, bool standardise) {
    if (split.train.empty()) throw Error("split", "needs tracks to train on", "the training set is empty");
    if (split.validation.empty()) {
        throw Error("split", "needs tracks to choose the best epoch with", "the validation set is empty");
    }
    TrainingData data{rows_of_tracks(table, split.train),
                      rows_of_tracks(table, split.validation),
                      {},
                      {},
                      table.genres.size()};
    if (standardise) {
        data.standardisation = measure_standardisation(data.train.features);
        data.train.features = melvit::standardise(data.standardisation, std::move(data.train.features));
        data.validation.features =
            melvit::standardise(data.standardisation, std::move(data.validation.features));
    }
    std::vector<std::size_t> rows(data.validation.features.rows());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    data.validation_inputs = packed_inputs(data.validation.features, rows, kBlockRows);
    return data;
}

}  // namespace melvit
