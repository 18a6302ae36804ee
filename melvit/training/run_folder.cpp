#include "melvit/training/run_folder.h"

#include "melvit/core/file.h"
#include "melvit/core/json.h"
#include "melvit/core/text.h"
#include "melvit/dataset/split_warnings.h"
#include "melvit/tracking/run_facts.h"
#include "melvit/training/trained_split.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> kFiles = {"result.json", "model.safetensors", "metrics.jsonl",
                                                    "config.json"};

Json config_json(const ExperimentConfig& config, const RunInputs& inputs, const Context& context) {
    return {
        {"data", inputs.data},
        {"body", {{"spec", inputs.body_spec}, {"name", inputs.body->name}, {"sha256", inputs.body->sha256}}},
        {"precision", name_of(inputs.precision)},
        {"split", config.split},
        {"allow_duplicates", config.allow_duplicates},
        {"seed", config.seed},
        {"recipe", config_to_json(config.recipe)},
        {"facts", run_facts(context.pool.threads())}};
}

/// What a person should know of the features and the splits, each sentence once.
std::vector<std::string> notes_of(const ExtractResult& extracted, const std::vector<Fold>& folds) {
    std::vector<std::string> notes = extracted.notes;
    for (const Fold& fold : folds) {
        for (const std::string& note : fold.split.notes) {
            if (std::ranges::find(notes, note) == notes.end()) notes.push_back(note);
        }
    }
    return notes;
}

}  // namespace

RunFolder::RunFolder(fs::path folder, bool overwrite)
    : folder_(std::move(folder)), start_(std::chrono::steady_clock::now()) {
    make_folder(folder_);
    for (const std::string& name : names_in(folder_)) {
        if (std::find(kFiles.begin(), kFiles.end(), name) == kFiles.end() && !name.starts_with('.')) {
            throw Error(folder_, "needs to be a new folder or one of an earlier run", "it holds " + name);
        }
    }
    lock_.emplace(folder_);
    if (!overwrite && fs::exists(folder_ / kFiles.front())) {
        throw Error(folder_, "needs to be a new folder, or --overwrite to replace the run in it",
                    "a finished run is there");
    }
    for (const std::string_view file : kFiles) check_can_be_written(folder_ / file);
}

void RunFolder::start(const ExperimentConfig& config, const RunInputs& inputs, const Context& context) {
    for (const std::string_view file : kFiles) remove_file(folder_ / file);
    write_file(folder_ / "config.json", json_text(config_json(config, inputs, context)));
    log_.emplace(folder_ / "metrics.jsonl");
}

void RunFolder::log_epoch(std::size_t fold, const EpochMetrics& epoch) {
    Json line = {{"fold", fold}};
    line.update(epoch_figures_json(epoch));
    log_->add(line);
}

Json RunFolder::finish(const ExtractResult& extracted, const ExperimentConfig& config,
                       const RunInputs& inputs, const std::vector<Fold>& folds, const Context& context) {
    Json result = result_json(folds, extracted.table.genres);
    Model model = trained_model(model_fold(folds).trained, extracted.table, config.recipe, *inputs.body);
    model.body_spec = inputs.body_spec;
    if (inputs.embed_body) model.embedded_body = *inputs.body;
    model.facts = config_json(config, inputs, context);
    model.facts["identity"] = config_to_json(extracted.identity);
    const auto fold = static_cast<std::size_t>(&model_fold(folds) - folds.data());
    write_trained_split({config.split, config.allow_duplicates, fold, labelled_data_sha256(extracted.table),
                         extracted.table.tracks()},
                        model.facts);
    model.facts["result"] = result;
    write_model(folder_ / "model.safetensors", model);

    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
    result["seconds"] = seconds.count();
    result["skipped"] = extracted.skipped;
    result["notes"] = notes_of(extracted, folds);
    std::vector<Split> splits;
    for (const Fold& each : folds) splits.push_back(each.split);
    result["warnings"] = split_warnings(extracted.table, splits);
    write_file(folder_ / "result.json", json_text(result));
    return result;
}

}  // namespace melvit
