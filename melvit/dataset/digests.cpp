#include "melvit/dataset/digests.h"

#include "melvit/core/sha256.h"
#include "melvit/core/text.h"

#include <fmt/format.h>

namespace melvit {

std::string data_sha256(const FeatureTable& table) {
    Sha256 sum;
    for (std::size_t track = 0; track < table.tracks(); ++track) {
        sum.add(fmt::format("{}\n{}\n", table.genres[table.labels[track]], table.file_sha256[track]));
    }
    return sum.hex();
}

std::string split_sha256(const Split& split) {
    Sha256 sum;
    for (const std::vector<std::size_t>* subset : {&split.train, &split.validation, &split.test}) {
        sum.add(joined(*subset) + "\n");
    }
    return sum.hex();
}

}  // namespace melvit
