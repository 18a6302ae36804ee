#pragma once

#include "melvit/dataset/extract.h"
#include "melvit/training/recipe.h"

#include "flags.h"

#include <optional>
#include <string>
#include <vector>

namespace melvit::cli {

/// The flags that extract and train share: data, body, recipe and its changes.
struct ExperimentFlags {
    std::string data;
    std::string body;
    std::string recipe = "best";
    std::string precision = "auto";
    Overrides<PictureFrontEnd> front_end;
    Overrides<FeatureConfig> features;
    Overrides<TrainConfig> training;
};

/// The group of the flags that change a recipe's training, as --help shows it.
inline constexpr const char* kTrainingFlags = "Recipe: training";

void add_data_flag(CLI::App& subcommand, std::string& data);

/// --body and --body-key, both in `body`, which must live as long as the subcommand.
void add_body_flag(CLI::App& subcommand, std::string& body);

/// The body, after its notes were said on the console.
Body noted(Body body, const Console& console);

/// The same, once its input is known to be what the front end makes.
///
/// throws  Error where it is not
Body noted(Body body, const FrontEnd& front_end, const Console& console);

/// Says on the console what a measurement cannot be trusted in (dataset/split_warnings.h).
void warn(const std::vector<std::string>& warnings, const Console& console);

/// --embed-body and --no-embed-body.
void add_embed_flag(CLI::App& subcommand, std::optional<bool>& embed);

/// Whether the body goes into the model's file: as the flag says, else where it is a file and small.
bool embeds_body(const std::optional<bool>& flag, const std::string& spec, const Body& body);

void add_precision_flag(CLI::App& subcommand, std::string& precision);

/// The precision that --precision names; of auto the one chosen for the body on this processor, said on the
/// console where it is not fp32.
Precision chosen_precision(const std::string& flag, const Body& body, const FeatureConfig& features,
                           const Console& console);

/// The same where --resume goes on with work that has begun: auto is then the precision that it was begun
/// with.
///
/// begun   of the work; none: nothing has begun
/// folder  of the work, for the error
/// throws  Error of check_same_identity, before anything is made
Precision resumed_precision(const std::string& flag, const std::optional<NumericIdentity>& begun,
                            const std::string& folder, const Body& body, const FeatureConfig& features,
                            const Console& console);

/// --recipe and one flag of each of its settings; training settings only where `with_training`.
void add_recipe_flags(CLI::App& subcommand, ExperimentFlags& flags, bool with_training);

/// The recipe after the command line's changes, checked.
///
/// throws  UsageError for a wrong value of a flag; Error for a wrong recipe file
Recipe recipe_of(const ExperimentFlags& flags);

/// The number of splits that --split asks for.
///
/// throws  UsageError for a text that names no split; Error for a CSV that cannot be read
std::size_t check_split_flag(const std::string& split);

/// The same for subcommands that need one split.
void check_single_split_flag(const std::string& split);

/// What extract_features needs, with the usual cache.
ExtractJob extract_job(const FrontEnd& front_end, const FeatureConfig& features, Precision precision);

}  // namespace melvit::cli
