#pragma once

#include "melvit/core/export.h"
#include "melvit/core/matrix.h"
#include "melvit/head/head.h"

#include <cstddef>
#include <span>
#include <vector>

namespace melvit {

/// Mean and standard deviation of each feature on the training set.
struct Standardisation {
    Matrix mean;                ///< [1 x width]; empty when features are taken as they are
    Matrix standard_deviation;  ///< [1 x width], 1 where a feature is constant

    bool empty() const { return mean.empty(); }
};

/// Measures features.
///
/// features  [rows x width], finite, at least one row
/// source    sklearn.preprocessing.StandardScaler: the standard deviation divides by the count, not by the count - 1
MELVIT_API Standardisation measure_standardisation(const Matrix& features);

/// (features - mean) / standard deviation, or the features themselves when the standardisation is empty.
MELVIT_API Matrix standardise(const Standardisation& standardisation, Matrix features);

/// What training makes and classification uses: one head or an ensemble, with the standardisation they
/// expect.
struct HeadSet {
    std::vector<Head> heads;
    Standardisation standardisation;

    std::size_t inputs() const { return heads.front().inputs(); }
    std::size_t outputs() const { return heads.front().outputs(); }
};

/// The genres' probabilities for each row: standardise -> heads -> softmax -> mean over the heads.
///
/// features  [rows x inputs]; a row's result does not depend on the rows beside it
/// returns   [rows x genres], each row sums to 1
/// throws    Error when the width is not the heads', or a feature is not finite
MELVIT_API Matrix predict_rows(const HeadSet& set, const Matrix& features);

/// The genres' probabilities of tracks: the mean over each track's rows.
///
/// probabilities  [rows x genres], of predict_rows
/// first_row      [tracks + 1]: rows first_row[t] ... first_row[t + 1] - 1 are track t's, at least one
/// returns        [tracks x genres]
MELVIT_API Matrix mean_over_rows(const Matrix& probabilities, std::span<const std::size_t> first_row);

}  // namespace melvit
