#pragma once

#include "melvit/search/sweep_file.h"
#include "melvit/training/trainer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace melvit {

/// What a sweep's point says about one training.
struct TrialSettings {
    TrainConfig training;
    std::uint64_t seed = 0;
};

/// The recipe that the sweep file's constant parameter `recipe` names; nothing without one.
///
/// throws  Error of refuse_key when it is not constant (each recipe has features of its own), and for no
///         recipe's name
std::optional<std::string> recipe_of(const SweepFile& file);

/// A training's settings: those of the recipe, changed by the point.
///
/// throws  Error that names a parameter that is no setting of training, or a value that does not fit it
TrialSettings trial_settings(const Point& point, const TrainConfig& recipe, std::uint64_t seed);

/// What all trials of a sweep start from: the recipe, changed by the sweep's constant parameters; the epoch
/// is chosen by its metric.
///
/// throws  Error of trial_settings and select_of
TrainConfig shared_settings(const SweepFile& file, const TrainConfig& recipe);

/// Says before hours of extraction which parameter, value or rule of a sweep does not work, and in which line
/// of its file.
///
/// throws  Error of refuse_key for what trial_settings and select_of would refuse, and for two parameters that
///         are the same setting; Error for a recipe out of range
void check_sweep(const SweepFile& file, const TrainConfig& recipe);

/// What a trial's epoch is chosen by, "loss" or "accuracy", from the sweep's metric: validation_loss and
/// validation_accuracy, also as the study wrote them.
///
/// throws  Error for another metric, and for a goal that would look for the worst
std::string select_of(const Metric& metric);

}  // namespace melvit
