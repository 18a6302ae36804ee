#pragma once

#include "melvit/head/head.h"
#include "melvit/head/packed_head.h"
#include "melvit/head/packed_rows.h"
#include "melvit/training/trainer.h"
#include "melvit/training/training_data.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace melvit {

/// What trainings start from; those of the same data, seed, head and batch share it, whatever their
/// learning rate or weight decay.
struct InitialState {
    PackedHead head;
    /// [mini-batches] their inputs, where they are the same every epoch and no ensemble is trained; else empty
    std::vector<PackedRows> batches;
};

/// The order of the training rows in an epoch, from 1.
///
/// returns  [rows]
std::vector<std::size_t> order_of_rows(std::size_t rows, std::uint64_t seed, int epoch);

/// Rows of a mini-batch, all but the last one's.
std::size_t rows_of_batch(const TrainingData& data, const TrainConfig& config);

/// Draws the head and packs the mini-batches.
InitialState make_initial_state(const TrainingData& data, const TrainConfig& config, std::uint64_t seed);

/// Makes initial states and keeps the last one, because neighbours in a sweep mostly have the same. Several threads may
/// ask at once.
class InitialStates {
public:
    /// data  outlives this object
    std::shared_ptr<const InitialState> of(const TrainingData& data, const TrainConfig& config,
                                           std::uint64_t seed) const;

private:
    /// All that an initial state depends on.
    struct Key {
        const TrainingData* data = nullptr;
        HeadConfig head;
        std::size_t batch = 0;
        bool packs_batches = false;
        std::uint64_t seed = 0;

        bool operator==(const Key&) const = default;
    };

    mutable std::mutex mutex_;
    mutable Key key_;
    mutable std::shared_ptr<const InitialState> last_;
};

}  // namespace melvit
