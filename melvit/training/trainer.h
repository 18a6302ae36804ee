#pragma once

#include "melvit/core/config.h"
#include "melvit/core/context.h"
#include "melvit/core/export.h"
#include "melvit/dataset/feature_table.h"
#include "melvit/dataset/split.h"
#include "melvit/head/head_set.h"
#include "melvit/training/training_data.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace melvit {

/// Settings of one training.
struct TrainConfig {
    HeadConfig head;
    float lr = 0.0016F;
    float weight_decay = 0.01F;
    int batch = 100;
    int epochs = 15;
    std::string select = "loss";
    float label_smoothing = 0.0F;
    std::string schedule = "constant";
    bool standardise = false;
    bool fixed_batches = true;
    float mixup = 0.0F;
    int ensemble = 1;

    static constexpr auto fields() {
        return std::tuple{
            Field{"head", &TrainConfig::head, "the head's layers"},
            Field{"lr", &TrainConfig::lr, "learning rate of AdamW"},
            Field{"weight_decay", &TrainConfig::weight_decay,
                  "decoupled weight decay, as torch.optim.AdamW means it"},
            Field{"batch", &TrainConfig::batch, "rows in a mini-batch"},
            Field{"epochs", &TrainConfig::epochs, "passes over the training set"},
            Field{"select", &TrainConfig::select,
                  "the epoch kept: that of the lowest validation loss, of the highest accuracy, or the last"},
            Field{"label_smoothing", &TrainConfig::label_smoothing,
                  "share of the target spread over all genres"},
            Field{"schedule", &TrainConfig::schedule,
                  "learning rate over the steps: constant, or cosine to zero"},
            Field{"standardise", &TrainConfig::standardise,
                  "features to mean 0, standard deviation 1 of the training set"},
            Field{"fixed_batches", &TrainConfig::fixed_batches,
                  "the same mini-batches each epoch (the study), else new"},
            Field{"mixup", &TrainConfig::mixup,
                  "each row mixed with another, features and target, in a share drawn from Beta(mixup, "
                  "mixup) a "
                  "batch (Zhang et al. 2018); 0 = off"},
            Field{"ensemble", &TrainConfig::ensemble, "heads trained with different seeds and averaged"}};
    }
};

/// throws  Error for a setting out of range. train does it first; a caller may do it before hours of
///         extraction
MELVIT_API void check(const TrainConfig& config);

class InitialStates;

/// What one head of an ensemble measured in an epoch.
struct MemberMetrics {
    double train_loss = 0, train_accuracy = 0;
    double validation_loss = 0, validation_accuracy = 0;
};

/// What one epoch measured: of one head, or of an ensemble as a whole.
struct EpochMetrics {
    int epoch = 0;  ///< from 1
    /// Over the rows, while they were trained on; of an ensemble the mean over its heads.
    double train_loss = 0, train_accuracy = 0;
    /// Over tracks; of an ensemble those of its heads' mean probabilities.
    double validation_loss = 0, validation_accuracy = 0;
    double lr = 0;  ///< of the epoch's first step
    double seconds = 0;
    std::vector<double> batch_losses;      ///< [mini-batches], of an ensemble means
    std::vector<double> batch_accuracies;  ///< [mini-batches], of an ensemble means
    std::vector<MemberMetrics> members{};  ///< [heads] of an ensemble; empty for one head
};

/// A trained head, or an ensemble, and how it got there.
struct Trained {
    HeadSet heads;
    std::vector<EpochMetrics> history;
    int best_epoch = 0;  ///< the one kept
    double seconds = 0;

    /// What the kept epoch measured.
    const EpochMetrics& kept() const { return history.at(static_cast<std::size_t>(best_epoch) - 1); }
};

/// Trains on the rows of split.train's tracks; after each epoch it measures split.validation's tracks (the
/// mean of their rows' probabilities) and keeps the head of the epoch that config.select names, the earliest
/// of equal ones. An ensemble's heads train at the same time, one a core; the epoch is that in which they are
/// best together, so what the history says of it holds for the heads that are returned.
///
/// seed      the same seed gives the same bits whatever the number of threads; the first head of an ensemble
///           is the one that is trained without ensemble
/// on_epoch  may be empty
/// throws    Error for settings out of range, for an empty subset, for features that are not finite, and when
///           the loss is no longer finite; Stopped
MELVIT_API Trained train(const FeatureTable& table, const Split& split, const TrainConfig& config,
                         std::uint64_t seed = 0,
                         const std::function<void(const EpochMetrics&)>& on_epoch = {},
                         const Context& context = {});

/// The same with data that many trainings share.
///
/// data      of training_data(table, split, config.standardise)
/// initial_states  those of earlier trainings, made once where they are the same
/// goes_on   whether to train on after an epoch; may be empty
Trained train(const TrainingData& data, const TrainConfig& config, std::uint64_t seed,
              const InitialStates& initial_states, const std::function<bool(const EpochMetrics&)>& goes_on,
              const Context& context = {});

/// The probabilities of some tracks, the mean over their rows.
///
/// returns  [tracks x genres]
/// throws   Error of predict_rows
MELVIT_API Matrix predict_tracks(const HeadSet& heads, const FeatureTable& table,
                                 std::span<const std::size_t> tracks, const Context& context = {});

}  // namespace melvit
