#include "melvit/dataset/catalog_table.h"

#include "melvit/core/unicode.h"

namespace melvit {

FeatureTable table_without_features(const Catalog& catalog) {
    FeatureTable table;
    table.genres = catalog.genres;
    for (const Track& track : catalog.tracks) {
        table.files.push_back(utf8_name(track.file));
        table.labels.push_back(track.genre);
        table.artists.push_back(track.artist);
        table.split_column.push_back(track.split);
    }
    return table;
}

}  // namespace melvit
