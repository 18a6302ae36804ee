#pragma once

#include "melvit/classifier/model.h"
#include "melvit/core/context.h"
#include "melvit/core/export.h"
#include "melvit/dataset/feature_table.h"
#include "melvit/dataset/split.h"
#include "melvit/training/metrics.h"
#include "melvit/training/recipe.h"
#include "melvit/training/trainer.h"
#include "melvit/vit/body.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace melvit {

/// What defines an experiment beside its data and body.
struct ExperimentConfig {
    Recipe recipe;
    std::string split;              ///< as `--split`; empty: the data's own, else random:0
    bool allow_duplicates = false;  ///< of make_splits
    std::uint64_t seed = 0;         ///< of the head's start, its batches and its dropout
};

/// One training and its test, of one split or one fold.
struct Fold {
    Split split;
    Trained trained;
    Metrics test;
    Matrix test_probabilities;             ///< [test tracks x genres]
    std::vector<std::size_t> test_labels;  ///< [test tracks]
};

/// Trains and measures one head for each split.
///
/// splits    of the table, as `config` names them: make_splits(table, config.split, config.allow_duplicates)
/// on_epoch  (fold, metrics), may be empty
/// throws    Error of train; Stopped
MELVIT_API std::vector<Fold> run_experiment(
    const FeatureTable& table, const std::vector<Split>& splits, const ExperimentConfig& config,
    const std::function<void(std::size_t, const EpochMetrics&)>& on_epoch, const Context& context = {});

/// The metrics of a trained head on some tracks of a table.
MELVIT_API Metrics measure(const HeadSet& heads, const FeatureTable& table,
                           const std::vector<std::size_t>& tracks, const Context& context = {});

/// The model that names genres with a trained head: what write_model writes and Classifier takes. Its facts are empty.
///
/// table   that the head was trained on, whose genres it names
/// recipe  of the table's features
/// body    of the table's features; the model names it, embedding it is the caller's choice
MELVIT_API Model trained_model(const Trained& trained, const FeatureTable& table, const Recipe& recipe,
                               const Body& body);

/// The fold whose head becomes the model: the one with the lowest validation loss.
const Fold& model_fold(const std::vector<Fold>& folds);

/// The JSON of result.json for these folds. For one split its figures. For kfold: the model's fold at the
/// top, but with the test sets of all folds pooled as "test"; "folds" with each fold's figures; "mean" and
/// "sd" (sample standard deviation) over the folds.
///
/// genres  of the table
nlohmann::ordered_json result_json(const std::vector<Fold>& folds, const std::vector<std::string>& genres);

/// An epoch's line in a metrics.jsonl: {"epoch", "train_loss", "train_accuracy", "validation_loss",
/// "validation_accuracy", "lr", "seconds"}, and of an ensemble "members": [{"train_loss", "train_accuracy",
/// "validation_loss", "validation_accuracy"}], its heads.
nlohmann::ordered_json epoch_figures_json(const EpochMetrics& epoch);

/// {genre: {"precision","recall","f1","tracks"}} of all genres, in their order.
nlohmann::ordered_json genres_json(const Metrics& metrics, const std::vector<std::string>& genres);

/// {"loss","accuracy","macro_f1","interval95","confusion","genres"}: confusion as [truth][prediction], in the
/// order of the genres, which are genres_json.
nlohmann::ordered_json metrics_json(const Metrics& metrics, const std::vector<std::string>& genres);

}  // namespace melvit
