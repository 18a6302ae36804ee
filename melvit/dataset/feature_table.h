#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace melvit {

/// The features of a data set: a few rows (one for each image) for every track.
struct FeatureTable {
    std::vector<std::string> genres;
    std::vector<std::string> files;   ///< [tracks], paths as the catalog names them, in UTF-8 (names.h)
    std::vector<std::size_t> labels;  ///< [tracks], index into genres
    std::vector<std::size_t>
        first_row;  ///< [tracks + 1]: rows first_row[t] ... first_row[t + 1] - 1 are track t's
    Matrix rows;    ///< [images x width]
    std::vector<std::string> file_sha256;     ///< [tracks]: of the file's bytes, for duplicates
    std::vector<std::string> sound_sha256{};  ///< [tracks] or empty: packet_digest.h; in no file
    std::vector<std::string> artists;         ///< [tracks], "" when unknown
    std::vector<std::string> split_column;    ///< [tracks], the CSV's split column, "" when it has none

    std::size_t tracks() const { return labels.size(); }
    std::size_t width() const { return rows.columns(); }
};

/// Writes the table as safetensors: "rows", "labels", "first_row", the names in the metadata.
void write_feature_table(const std::filesystem::path& target, const FeatureTable& table);

/// throws  Error when the file is no table of features or its parts do not fit each other
FeatureTable read_feature_table(const std::filesystem::path& file);

/// Whether a file holds features, so that new ones may take its place: a body or a model of the same ending may not
/// be lost to a wrong --out.
bool holds_features(const std::filesystem::path& file);

}  // namespace melvit
