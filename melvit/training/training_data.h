#pragma once

#include "melvit/core/matrix.h"
#include "melvit/dataset/feature_table.h"
#include "melvit/dataset/split.h"
#include "melvit/head/head_set.h"
#include "melvit/head/packed_rows.h"

#include <cstddef>
#include <span>
#include <vector>

namespace melvit {

/// One subset of a split: the rows of its tracks, next to each other.
struct SubsetRows {
    Matrix features;                        ///< [rows x width]
    std::vector<std::size_t> labels;        ///< [rows]
    std::vector<std::size_t> first_row;     ///< [tracks + 1]
    std::vector<std::size_t> track_labels;  ///< [tracks]
};

/// Copies the rows of some tracks.
///
/// throws  Error that names the file of a track without rows or with a feature that is not finite
SubsetRows rows_of_tracks(const FeatureTable& table, std::span<const std::size_t> tracks);

/// What the training of every head of an ensemble reads.
struct TrainingData {
    SubsetRows train;
    SubsetRows validation;
    std::vector<PackedRows> validation_inputs;  ///< the rows of `validation`, kBlockRows at a time
    Standardisation standardisation;            ///< already applied to both subsets
    std::size_t genres = 0;
};

/// standardise  by the mean and standard deviation of the training rows
/// throws       Error of rows_of_tracks, and for an empty subset
TrainingData training_data(const FeatureTable& table, const Split& split, bool standardise);

}  // namespace melvit
