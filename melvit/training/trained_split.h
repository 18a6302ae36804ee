#pragma once

#include "melvit/core/context.h"
#include "melvit/dataset/catalog.h"
#include "melvit/dataset/feature_table.h"
#include "melvit/dataset/split.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace melvit {

/// The split that a model was trained with, as its facts keep it: what tells tracks that it has seen from
/// others.
struct TrainedSplit {
    std::string spec;               ///< as `--split`; empty: the data's own, else random:0
    bool allow_duplicates = false;  ///< of make_splits
    std::size_t fold = 0;           ///< of kfold, from 0: the one whose head became the model
    std::string data_sha256;        ///< of the tracks it divided, see labelled_data_sha256
    std::size_t tracks = 0;         ///< that it divided; 0 when the facts do not say
};

/// A digest of all that a split of this table depends on: the tracks' bytes, genres, artists and parts, in
/// their order.
std::string labelled_data_sha256(const FeatureTable& table);

/// Adds the split to a model's facts.
void write_trained_split(const TrainedSplit& trained, nlohmann::ordered_json& facts);

/// returns  nothing when the facts keep no split
std::optional<TrainedSplit> read_trained_split(const nlohmann::ordered_json& facts);

/// The subsets of the training on these tracks. Where they are not the tracks of the training, only a split
/// that tells tracks by their names has a meaning: a published list, a CSV file, the data's own column.
///
/// returns  nothing when the split says nothing about these tracks
std::optional<Split> subsets_of_training(const TrainedSplit& trained, const FeatureTable& table);

/// Whether subsets_of_training will say nothing about these tracks, as far as it can be known before they are
/// decoded: their files are read, once. A catalog of more files than the training had may still hold its tracks,
/// since a file that does not decode is none.
bool surely_says_nothing(const TrainedSplit& trained, const Catalog& catalog, const Context& context = {});

/// "random:0", "the data's own split": the split as a sentence may name it.
std::string split_text(const std::string& spec, const FeatureTable& table);

}  // namespace melvit
