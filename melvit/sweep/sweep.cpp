#include "melvit/sweep/sweep.h"

#include "melvit/classifier/model.h"
#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/json.h"
#include "melvit/sweep/sweep_description.h"
#include "melvit/sweep/sweep_folder.h"
#include "melvit/sweep/sweep_results.h"
#include "melvit/sweep/sweep_runner.h"
#include "melvit/sweep/trial_file.h"
#include "melvit/sweep/trial_settings.h"
#include "melvit/tracking/run_facts.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

class Sweep {
public:
    Sweep(const SweepConfig& config, const RunInputs& inputs, const ExtractResult& extracted,
          const Split& split)
        : config_(config), inputs_(inputs), extracted_(extracted), split_(split) {
        check_sweep(config.file, config.experiment.recipe.training);
        folder_.emplace(config.folder, description(), config.resume);
    }

    SweepRecord run(const std::function<void(const SweepProgress&)>& on_trial) {
        const auto start = std::chrono::steady_clock::now();
        try {
            run_trials(job(on_trial), *folder_);
        } catch (const Stopped&) {
            folder_->alone([&] { write_sweep_tables(config_.folder, read_sweep(config_.folder)); });
            throw;
        }
        SweepRecord record;
        folder_->alone([&] {
            record = read_sweep(config_.folder);
            if (!record.result.is_null()) return;  // another process was faster
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
            record.result = finish(record, seconds.count());
            write_sweep_tables(config_.folder, record);
            write_file(config_.folder / kResultFile, json_text(record.result));
        });
        return record;
    }

private:
    /// What sweep.json holds.
    Json description() const {
        const ExperimentConfig& experiment = config_.experiment;
        Json json = {{"format", kSweepFormat}};
        json.update(sweep_json(config_.file));
        json["trials"] = trial_count(config_.file);
        json["epochs"] = experiment.recipe.training.epochs;
        json["seed"] = experiment.seed;
        json["split"] = experiment.split;
        json["allow_duplicates"] = experiment.allow_duplicates;
        json["data"] = inputs_.data;
        json["data_sha256"] = data_sha256(extracted_.table);
        json["body"] = {
            {"spec", inputs_.body_spec}, {"name", inputs_.body->name}, {"sha256", inputs_.body->sha256}};
        json["recipe"] = config_to_json(experiment.recipe);
        json["genres"] = extracted_.table.genres;
        json["counts"] = {{"train", split_.train.size()},
                          {"validation", split_.validation.size()},
                          {"test", split_.test.size()}};
        json["facts"] = run_facts();
        for (const std::string& note : extracted_.notes) json["notes"].push_back(note);
        for (const std::string& note : split_.notes) json["notes"].push_back(note);
        return json;
    }

    SweepJob job(const std::function<void(const SweepProgress&)>& on_trial) {
        SweepJob job;
        job.table = &extracted_.table;
        job.split = &split_;
        job.file = config_.file;
        job.training = config_.experiment.recipe.training;
        job.seed = config_.experiment.seed;
        job.jobs = config_.jobs;
        job.write_model = [this](const std::filesystem::path& file, const TrialRecord& trial,
                                 const HeadSet& heads) {
            Model model = model_of(heads);
            model.facts = {{"trial", trial_json(trial)}, {"sweep", config_.file.name}};
            write_model(file, model);
        };
        progress_.trials = trial_count(config_.file);
        for (std::size_t id = 1; id <= progress_.trials; ++id) progress_.ended += folder_->has_ended(id);
        job.on_trial = [this, on_trial](const TrialRecord& trial) { report(trial, on_trial); };
        return job;
    }

    void report(const TrialRecord& trial, const std::function<void(const SweepProgress&)>& on_trial) {
        if (!on_trial) return;
        ++progress_.ended;
        progress_.trial = &trial;
        const double sign = config_.file.metric.maximise ? -1.0 : 1.0;
        progress_.is_best =
            trial.status != TrialStatus::failed && (!best_score_ || sign * trial.score < *best_score_);
        if (progress_.is_best) best_score_ = sign * trial.score;
        on_trial(progress_);
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
    Json finish(const SweepRecord& record, double seconds) const {
        Json test;
        const std::vector<const TrialRecord*> trials = ranked(record);
        if (!trials.empty()) test = test_best(*trials.front());
        Json result = sweep_result_json(record, test);
        result["seconds"] = seconds;
        result["extract_seconds"] = extracted_.seconds;
        result["skipped"] = extracted_.skipped;
        if (!trials.empty()) write_best(result);
        return result;
    }

    Json test_best(const TrialRecord& best) const {
        if (folder_->best_id() != best.id) {
            throw Error(folder_->best_model(), fmt::format("needs to be the model of trial {}", best.id),
                        fmt::format("it is of trial {}; take trials/{:04}/trial.json away and use --resume",
                                    folder_->best_id(), best.id));
        }
        const Model model = read_model(folder_->best_model());
        std::vector<std::size_t> labels;
        for (const std::size_t track : split_.test) labels.push_back(extracted_.table.labels[track]);
        return test_json(predict_tracks(model.heads, extracted_.table, split_.test), labels, model.genres);
    }

    /// The best model once more, now with what the sweep found, and with the body where that was asked for.
    void write_best(const Json& result) const {
        Model model = read_model(folder_->best_model());
        model.facts["result"] = result;
        model.facts["recipe"] = config_to_json(config_.experiment.recipe);
        model.facts["facts"] = run_facts();
        if (inputs_.embed_body) model.embedded_body = *inputs_.body;
        write_model(folder_->best_model(), model);
    }

    const SweepConfig& config_;
    const RunInputs& inputs_;
    const ExtractResult& extracted_;
    const Split& split_;
    std::optional<SweepFolder> folder_;
    SweepProgress progress_;
    std::optional<double> best_score_;  ///< lower is better
};

}  // namespace

SweepRecord run_sweep(const SweepConfig& config, const RunInputs& inputs, const ExtractResult& extracted,
                      const Split& split, const std::function<void(const SweepProgress&)>& on_trial) {
    return Sweep(config, inputs, extracted, split).run(on_trial);
}

}  // namespace melvit
