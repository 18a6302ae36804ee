#include "melvit/training/initial_state.h"

#include "melvit/core/random.h"
#include "melvit/training/seed_streams.h"

#include <algorithm>

namespace melvit {
namespace {

/// Whether mini-batches are packed once: they are where every epoch brings the same (mixup mixes them anew)
/// and other trainings may share them, which heads of an ensemble, each in an order of its own, do not.
bool packs_batches(const TrainConfig& config) {
    return config.fixed_batches && config.mixup == 0.0F && config.ensemble == 1;
}

}  // namespace

std::vector<std::size_t> order_of_rows(std::size_t rows, std::uint64_t seed, int epoch) {
    return Random(stream_seed(seed, Stream::shuffle), static_cast<std::uint64_t>(epoch)).permutation(rows);
}

std::size_t rows_of_batch(const TrainingData& data, const TrainConfig& config) {
    return std::min(static_cast<std::size_t>(config.batch), data.train.labels.size());
}

InitialState make_initial_state(const TrainingData& data, const TrainConfig& config, std::uint64_t seed) {
    const Matrix& features = data.train.features;
    InitialState start{pack(make_head(config.head, features.columns(), data.genres, seed)), {}};
    if (packs_batches(config)) {
        const std::vector<std::size_t> order = order_of_rows(features.rows(), seed, 1);
        start.batches = packed_inputs(features, order, rows_of_batch(data, config));
    }
    return start;
}

std::shared_ptr<const InitialState> InitialStates::of(const TrainingData& data, const TrainConfig& config,
                                                      std::uint64_t seed) const {
    const Key key{&data, config.head, rows_of_batch(data, config), packs_batches(config), seed};
    {
        const std::lock_guard lock(mutex_);
        if (last_ != nullptr && key == key_) return last_;
        last_ = nullptr;  // so that memory does not hold both
    }
    // Two that ask at once may both make it: the result is the same.
    auto made = std::make_shared<const InitialState>(make_initial_state(data, config, seed));
    const std::lock_guard lock(mutex_);
    key_ = key;
    last_ = made;
    return made;
}

}  // namespace melvit
