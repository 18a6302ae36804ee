#pragma once

#include "melvit/core/context.h"
#include "melvit/core/matrix.h"
#include "melvit/head/adamw.h"
#include "melvit/head/gradient.h"
#include "melvit/head/loss.h"
#include "melvit/training/initial_state.h"
#include "melvit/training/trainer.h"
#include "melvit/training/training_data.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace melvit {

/// One head on its way through the epochs.
class HeadTraining {
public:
    /// data, config, context  outlive it
    /// start                  of the same data, config and seed
    HeadTraining(const TrainingData& data, const TrainConfig& config, std::uint64_t seed,
                 std::shared_ptr<const InitialState> start, const Context& context);

    /// Trains on all rows and measures the validation set.
    ///
    /// epoch   from 1, one after the other
    /// throws  Error when a loss is not finite; Stopped
    EpochMetrics run_epoch(int epoch);

    /// Of the validation set after the last epoch: [tracks x genres].
    const Matrix& validation_probabilities() const { return validation_probabilities_; }

    /// Keeps the head as the last epoch left it, in place of the one that was kept before.
    void keep();

    Head kept_head() const { return unpack(kept_); }

private:
    /// Consecutive rows of the epoch's order.
    struct Batch {
        std::size_t number = 0;
        std::span<const std::size_t> rows;
        std::span<const std::size_t> labels;
    };

    void shuffle(int epoch);
    double lr_of(std::size_t step) const;
    BatchLoss step(const Batch& batch);
    BatchLoss forward(const Batch& batch, const Dropout& dropout);
    BatchLoss mixed_forward(const Batch& batch, const Dropout& dropout);
    void validate(EpochMetrics& metrics);
    Matrix validation_logits();
    void check_finite(double loss, int epoch) const;

    const TrainingData& data_;
    const TrainConfig& config_;
    const Context& context_;
    std::uint64_t seed_;
    std::size_t batch_rows_;
    std::size_t batches_;
    std::shared_ptr<const InitialState> initial_state_;
    PackedHead head_;                    ///< as the last step left it, unless that is kept_
    PackedHead kept_;                    ///< of the epoch that was kept
    const PackedHead* newest_ = &head_;  ///< what the next step starts from: head_ or kept_
    Matrix validation_probabilities_;    ///< [validation tracks x genres]
    Backpropagation gradient_;
    AdamW optimiser_;
    Matrix logit_gradient_;                    ///< [batch x genres]
    std::vector<std::size_t> rows_;            ///< of the training set, in the order of the epoch
    std::vector<std::size_t> labels_;          ///< of these rows
    Matrix mixed_;                             ///< [batch x inputs], the rows of mixup
    Matrix partner_gradient_;                  ///< [batch x genres], for the partners' labels
    std::vector<std::size_t> partner_labels_;  ///< [batch]
    std::vector<std::size_t> mixed_rows_;      ///< 0, 1, 2 ... of mixed_
    std::size_t step_ = 0;
};

}  // namespace melvit
