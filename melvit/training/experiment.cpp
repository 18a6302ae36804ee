#include "melvit/training/experiment.h"

#include "melvit/core/text.h"

#include <algorithm>
#include <cmath>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::size_t> labels_of(const FeatureTable& table, const std::vector<std::size_t>& tracks) {
    std::vector<std::size_t> labels;
    for (const std::size_t track : tracks) labels.push_back(table.labels[track]);
    return labels;
}

/// The metrics of all folds' test sets as one: every track of the data once.
Metrics pooled_test(const std::vector<Fold>& folds) {
    std::vector<std::size_t> labels;
    for (const Fold& fold : folds)
        labels.insert(labels.end(), fold.test_labels.begin(), fold.test_labels.end());
    Matrix probabilities(labels.size(), folds.front().test_probabilities.columns());
    auto next = probabilities.values().begin();
    for (const Fold& fold : folds) next = std::ranges::copy(fold.test_probabilities.values(), next).out;
    return metrics_of(probabilities, labels);
}

Json fold_json(const Fold& fold, const std::vector<std::string>& genres) {
    return {{"best_epoch", fold.trained.best_epoch},
            {"validation",
             {{"loss", fold.trained.kept().validation_loss},
              {"accuracy", fold.trained.kept().validation_accuracy}}},
            {"test", metrics_json(fold.test, genres)},
            {"counts",
             {{"train", fold.split.train.size()},
              {"validation", fold.split.validation.size()},
              {"test", fold.split.test.size()}}}};
}

/// Mean and sample standard deviation of one figure of the test sets.
std::pair<double, double> spread_of(const std::vector<Fold>& folds, double Metrics::*figure) {
    double sum = 0;
    double squares = 0;
    for (const Fold& fold : folds) sum += fold.test.*figure;
    const double count = static_cast<double>(folds.size());
    for (const Fold& fold : folds) squares += std::pow(fold.test.*figure - sum / count, 2);
    return {sum / count, std::sqrt(squares / (count - 1))};
}

}  // namespace

Metrics measure(const HeadSet& heads, const FeatureTable& table, const std::vector<std::size_t>& tracks,
                const Context& context) {
    return metrics_of(predict_tracks(heads, table, tracks, context), labels_of(table, tracks));
}

Model trained_model(const Trained& trained, const FeatureTable& table, const Recipe& recipe,
                    const Body& body) {
    Model model;
    model.genres = table.genres;
    model.front_end = recipe.front_end;
    model.features = recipe.features;
    model.heads = trained.heads;
    model.body_spec = body.name;
    model.body_sha256 = body.sha256;
    return model;
}

std::vector<Fold> run_experiment(const FeatureTable& table, const std::vector<Split>& splits,
                                 const ExperimentConfig& config,
                                 const std::function<void(std::size_t, const EpochMetrics&)>& on_epoch,
                                 const Context& context) {
    std::vector<Fold> folds;
    for (const Split& split : splits) {
        context.throw_if_stopped();
        const std::size_t number = folds.size();
        Fold fold;
        fold.split = split;
        const auto on_fold_epoch = [&](const EpochMetrics& epoch) {
            if (on_epoch) on_epoch(number, epoch);
        };
        fold.trained = train(table, split, config.recipe.training, config.seed, on_fold_epoch, context);
        fold.test_probabilities = predict_tracks(fold.trained.heads, table, split.test, context);
        fold.test_labels = labels_of(table, split.test);
        fold.test = metrics_of(fold.test_probabilities, fold.test_labels);
        folds.push_back(std::move(fold));
    }
    return folds;
}

Json epoch_figures_json(const EpochMetrics& epoch) {
    const auto figures = [](const auto& measured) -> Json {
        return {{"train_loss", measured.train_loss},
                {"train_accuracy", measured.train_accuracy},
                {"validation_loss", measured.validation_loss},
                {"validation_accuracy", measured.validation_accuracy}};
    };
    Json json = {{"epoch", epoch.epoch}};
    json.update(figures(epoch));
    json["lr"] = decimal_of(static_cast<float>(epoch.lr));
    json["seconds"] = epoch.seconds;
    for (const MemberMetrics& member : epoch.members) json["members"].push_back(figures(member));
    return json;
}

Json metrics_json(const Metrics& metrics, const std::vector<std::string>& genres) {
    return {{"loss", metrics.loss},
            {"accuracy", metrics.accuracy},
            {"macro_f1", metrics.macro_f1},
            {"interval95", {metrics.interval95.first, metrics.interval95.second}},
            {"confusion", metrics.confusion},
            {"genres", genres_json(metrics, genres)}};
}

Json genres_json(const Metrics& metrics, const std::vector<std::string>& genres) {
    Json json = Json::object();
    for (std::size_t g = 0; g < genres.size(); ++g) {
        const GenreMetrics& genre = metrics.genres[g];
        json[genres[g]] = {{"precision", genre.precision},
                           {"recall", genre.recall},
                           {"f1", genre.f1},
                           {"tracks", genre.tracks}};
    }
    return json;
}

Json result_json(const std::vector<Fold>& folds, const std::vector<std::string>& genres) {
    if (folds.size() == 1) return fold_json(folds.front(), genres);
    Json json = fold_json(model_fold(folds), genres);
    json["test"] = metrics_json(pooled_test(folds), genres);
    json["folds"] = Json::array();
    for (const Fold& fold : folds) json["folds"].push_back(fold_json(fold, genres));
    const std::pair<const char*, double Metrics::*> figures[] = {
        {"accuracy", &Metrics::accuracy}, {"loss", &Metrics::loss}, {"macro_f1", &Metrics::macro_f1}};
    for (const auto& [name, figure] : figures) {
        const auto [mean, sd] = spread_of(folds, figure);
        json["mean"][name] = mean;
        json["sd"][name] = sd;
    }
    return json;
}

const Fold& model_fold(const std::vector<Fold>& folds) {
    return *std::ranges::min_element(folds, {},
                                     [](const Fold& fold) { return fold.trained.kept().validation_loss; });
}

}  // namespace melvit
