#include "melvit/search/search.h"

#include "melvit/search/grid_search.h"
#include "melvit/search/random_search.h"
#include "melvit/search/tpe_search.h"

namespace melvit {

std::unique_ptr<Search> make_search(const SweepFile& file, std::uint64_t seed) {
    switch (file.method) {
        case SearchMethod::grid:
            return std::make_unique<GridSearch>(file);
        case SearchMethod::random:
            return std::make_unique<RandomSearch>(file, seed);
        case SearchMethod::bayes:
            return std::make_unique<TpeSearch>(file, seed);
    }
    return nullptr;
}

}  // namespace melvit
