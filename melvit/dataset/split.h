#pragma once

#include "melvit/core/export.h"
#include "melvit/dataset/catalog.h"
#include "melvit/dataset/feature_table.h"

#include <cstddef>
#include <string>
#include <vector>

namespace melvit {

/// The three subsets of an experiment, as track indices in ascending order. No track is in two subsets.
struct Split {
    std::vector<std::size_t> train;
    std::vector<std::size_t> validation;
    std::vector<std::size_t> test;
    std::vector<std::string> notes{};  ///< what a person should know, e.g. how many tracks a list leaves out
};

/// Makes the splits that `--split` names; one for each fold of kfold, else one.
///
/// A split made here keeps byte-identical files, files of the same sound under other tags, and files of one
/// folder and stem (song.mp3, song.wav), in one subset; the sizes stay exact where such groups allow it. Lists, CSV files and the catalog's own column
/// are taken as they are, tracks that they do not name are left out.
///
/// spec  random:SEED          800/100/rest for 901 to 1000 tracks, else 80/10/10 %
///       stratified:SEED      the same sizes, every genre in the same shares
///       grouped:SEED         the same sizes as nearly as whole artists allow
///       kfold:K:SEED         K splits, every genre in the same shares: fold k tests, fold k + 1 validates,
///                            the other K - 2 train
///       gtzan-filtered, gtzan-stratified   lists built in, by genre and track number
///       a CSV file           columns file,split with train, validation or test; a file is a path seen from
///                            the CSV's folder, or the end of a track's path ("blues/blues.00000.wav"); rows
///                            that name no track are counted in `notes`
///       ""                   the catalog's own split column if it has one, else random:0
/// allow_duplicates  lets such files fall into two subsets, as the study did
/// throws  Error for a spec that is none of these, and where a subset would be empty
MELVIT_API std::vector<Split> make_splits(const FeatureTable& table, const std::string& spec,
                                          bool allow_duplicates = false);

/// Whether the catalog had a split column that puts at least one track in a subset.
bool has_own_split(const FeatureTable& table);

/// Says before hours of extraction what make_splits would say after them.
///
/// returns  how many splits make_splits will make
/// throws   Error for a spec that is none of the above, or a CSV file that cannot be read
std::size_t check_split(const std::string& spec);

/// The same for the tracks that will be divided, if all of them can be read.
///
/// throws  Error of make_splits
void check_split(const std::string& spec, const Catalog& catalog);

}  // namespace melvit
