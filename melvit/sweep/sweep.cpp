#include "melvit/sweep/sweep.h"

#include "melvit/classifier/model.h"
#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/json.h"
#include "melvit/dataset/digests.h"
#include "melvit/dataset/split_warnings.h"
#include "melvit/sweep/sweep_description.h"
#include "melvit/sweep/sweep_folder.h"
#include "melvit/sweep/sweep_results.h"
#include "melvit/sweep/sweep_runner.h"
#include "melvit/sweep/trial_file.h"
#include "melvit/sweep/trial_settings.h"
#include "melvit/tracking/run_facts.h"
#include "melvit/training/trained_split.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <utility>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

/// What all trials start from.
Recipe shared_recipe(const SweepConfig& config) {
    Recipe recipe = config.experiment.recipe;
    recipe.training = shared_settings(config.file, recipe.training);
    return recipe;
}

/// What sweep.json holds of the command line and the sweep file: all that is known before features are made.
Json plan_json(const SweepConfig& config, const RunInputs& inputs) {
    const Recipe shared = shared_recipe(config);
    Json json = {{"format", kSweepFormat}};
    json.update(sweep_json(config.file));
    json["trials"] = trial_count(config.file);
    json["epochs"] = shared.training.epochs;
    json["seed"] = config.experiment.seed;
    json["split"] = config.experiment.split;
    json["allow_duplicates"] = config.experiment.allow_duplicates;
    json["data"] = inputs.data;
    json["body"] = {{"spec", inputs.body_spec}, {"name", inputs.body->name}, {"sha256", inputs.body->sha256}};
    json["precision"] = name_of(inputs.precision);
    json["recipe"] = config_to_json(shared);
    return json;
}

class Sweep {
public:
    Sweep(const SweepConfig& config, const RunInputs& inputs, const ExtractResult& extracted,
          const Split& split, const Context& context)
        : config_(config), inputs_(inputs), extracted_(extracted), split_(split), context_(context) {
        check_sweep(config.file, config.experiment.recipe.training);
        shared_ = shared_recipe(config);
        trial_count_ = trial_count(config.file);
        folder_.emplace(config.folder, description(), config.resume);
    }

    SweepRecord run(const std::function<void(const SweepProgress&)>& on_trial) {
        try {
            run_trials(job(on_trial), *folder_, context_);
        } catch (const Stopped&) {
            folder_->alone([&] { write_sweep_tables(config_.folder, read_sweep(config_.folder)); });
            throw;
        }
        SweepRecord record;
        folder_->alone([&] {
            record = read_sweep(config_.folder);
            if (!record.result.is_null()) return;  // another process was faster
            record.result = finish(record);
            write_sweep_tables(config_.folder, record);
            write_file(config_.folder / kResultFile, json_text(record.result));
            folder_->forget_claims();
        });
        return record;
    }

private:
    /// What sweep.json holds.
    Json description() const {
        Json json = plan_json(config_, inputs_);
        json["data_sha256"] = data_sha256(extracted_.table);
        json["split_sha256"] = split_sha256(split_);
        json["identity"] = config_to_json(extracted_.identity);
        json["genres"] = extracted_.table.genres;
        json["counts"] = {{"train", split_.train.size()},
                          {"validation", split_.validation.size()},
                          {"test", split_.test.size()}};
        json["facts"] = run_facts(context_.pool.threads());
        for (const std::string& note : extracted_.notes) json["notes"].push_back(note);
        for (const std::string& note : split_.notes) json["notes"].push_back(note);
        return json;
    }

    SweepJob job(const std::function<void(const SweepProgress&)>& on_trial) {
        SweepJob job;
        job.table = &extracted_.table;
        job.split = &split_;
        job.file = config_.file;
        job.training = shared_.training;
        job.seed = config_.experiment.seed;
        job.jobs = config_.jobs;
        job.write_model = [this](const std::filesystem::path& file, const TrialRecord& trial,
                                 const HeadSet& heads) {
            Model model = model_of(heads);
            model.facts = {{"trial", trial_json(trial)},
                           {"sweep", config_.file.name},
                           {"identity", config_to_json(extracted_.identity)}};
            write_model(file, model);
        };
        job.on_trial = [this, on_trial](const TrialRecord& trial) { report(trial, on_trial); };
        return job;
    }

    void report(const TrialRecord& trial, const std::function<void(const SweepProgress&)>& on_trial) {
        if (!on_trial) return;
        const std::optional<BestTrial> best = folder_->best_trial();
        on_trial({ended_trials(), trial_count_, &trial, best && best->id == trial.id});
    }

    /// Those of other processes and of earlier days among them.
    std::size_t ended_trials() const {
        std::size_t ended = 0;
        for (std::size_t id = 1; id <= trial_count_; ++id) ended += folder_->has_ended(id) ? 1 : 0;
        return ended;
    }

    Model model_of(const HeadSet& heads) const {
        Model model;
        model.genres = extracted_.table.genres;
        model.front_end = config_.experiment.recipe.front_end;
        model.features = config_.experiment.recipe.features;
        model.heads = heads;
        model.body_spec = inputs_.body_spec;
        model.body_sha256 = inputs_.body->sha256;
        return model;
    }

    /// Tests the best trial's model, and makes result.json of it.
    Json finish(const SweepRecord& record) const {
        Json test;
        const std::vector<const TrialRecord*> trials = ranked(record);
        if (!trials.empty()) test = test_best(*trials.front());
        Json result = sweep_result_json(record, test);
        result["extract_seconds"] = extracted_.seconds;
        result["skipped"] = extracted_.skipped;
        result["warnings"] = split_warnings(extracted_.table, std::span(&split_, 1));
        if (!trials.empty()) write_best(*trials.front(), result);
        return result;
    }

    Json test_best(const TrialRecord& best) const {
        const std::optional<BestTrial> kept = folder_->best_trial();
        if (!kept || kept->id != best.id) {
            throw Error(
                folder_->best_model(), fmt::format("needs to be the model of trial {}", best.id),
                fmt::format("{}; take trials/{}/trial.json away and use --resume",
                            kept ? fmt::format("it is of trial {}", kept->id) : "there is none", best.id));
        }
        const Model model = read_model(folder_->best_model());
        std::vector<std::size_t> labels;
        for (const std::size_t track : split_.test) labels.push_back(extracted_.table.labels[track]);
        return test_json(predict_tracks(model.heads, extracted_.table, split_.test, context_), labels,
                         model.genres);
    }

    /// The best model once more, now with what the sweep found, and with the body where that was asked for.
    void write_best(const TrialRecord& best, const Json& result) const {
        Recipe recipe = shared_;
        recipe.training = trial_settings(best.parameters, shared_.training, 0).training;
        Model model = read_model(folder_->best_model());
        model.facts["result"] = result;
        model.facts["recipe"] = config_to_json(recipe);
        model.facts["facts"] = run_facts(context_.pool.threads());
        const ExperimentConfig& experiment = config_.experiment;
        write_trained_split({experiment.split, experiment.allow_duplicates, 0,
                             labelled_data_sha256(extracted_.table), extracted_.table.tracks()},
                            model.facts);
        if (inputs_.embed_body) model.embedded_body = *inputs_.body;
        write_model(folder_->best_model(), model);
    }

    const SweepConfig& config_;
    const RunInputs& inputs_;
    const ExtractResult& extracted_;
    const Split& split_;
    const Context& context_;
    std::optional<SweepFolder> folder_;
    Recipe shared_;  ///< what all trials start from
    std::size_t trial_count_ = 0;
};

}  // namespace

void check_sweep_can_run(const SweepConfig& config, const RunInputs& inputs) {
    check_sweep_folder(config.folder, plan_json(config, inputs), config.resume);
}

SweepRecord run_sweep(const SweepConfig& config, const RunInputs& inputs, const ExtractResult& extracted,
                      const Split& split, const std::function<void(const SweepProgress&)>& on_trial,
                      const Context& context) {
    return Sweep(config, inputs, extracted, split, context).run(on_trial);
}

}  // namespace melvit
