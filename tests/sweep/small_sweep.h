#pragma once

#include "melvit/core/random.h"
#include "melvit/sweep/sweep.h"
#include "melvit/vit/body.h"

#include "tests/support/test_files.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace melvit::test {

/// Features of 60 tracks of three genres: noise around a centre of the genre.
inline FeatureTable small_table() {
    constexpr std::size_t kWidth = 12;
    FeatureTable table;
    table.genres = {"a", "b", "c"};
    table.first_row = {0};
    table.rows = Matrix(60, kWidth);
    for (std::size_t track = 0; track < 60; ++track) {
        table.labels.push_back(track % 3);
        table.files.push_back("track" + std::to_string(track) + ".wav");
        table.file_sha256.push_back(std::to_string(track));
        table.first_row.push_back(track + 1);
        table.artists.emplace_back();
        table.split_column.emplace_back();
        Random centre(1, table.labels[track]);
        Random random(2, track);
        for (float& value : table.rows.row(track)) value = centre.normal() + 1.5F * random.normal();
    }
    return table;
}

/// A sweep over a few heads that takes milliseconds.
struct SmallSweep {
    ExtractResult extracted;
    Split split;
    Body body;
    SweepConfig config;

    explicit SmallSweep(std::filesystem::path folder) {
        extracted.table = small_table();
        for (std::size_t track = 0; track < 60; ++track) {
            (track < 36 ? split.train : track < 48 ? split.validation : split.test).push_back(track);
        }
        body.name = "none";
        body.sha256 = "0";
        config.folder = std::move(folder);
        config.file.name = "small";
        config.file.metric = {"validation_loss", false, std::nullopt};
        config.file.parameters = {listed("lr", {0.001, 0.003, 0.01, 0.03}),
                                  listed("weight_decay", {0.0, 0.1, 0.2})};
        TrainConfig& training = config.experiment.recipe.training;
        training.head = {.hidden = 8, .shape = "mlp"};
        training.batch = 16;
        training.epochs = 4;
        config.experiment.seed = 7;
    }

    static Parameter listed(std::string name, std::vector<nlohmann::ordered_json> values) {
        Parameter parameter{std::move(name), {}};
        parameter.distribution.kind = DistributionKind::categorical;
        parameter.distribution.values = std::move(values);
        return parameter;
    }

    static Parameter range(std::string name, double min, double max) {
        Parameter parameter{std::move(name), {}};
        parameter.distribution.kind = DistributionKind::log_uniform_values;
        parameter.distribution.min = min;
        parameter.distribution.max = max;
        return parameter;
    }

    SweepRecord run(const std::function<void(const SweepProgress&)>& on_trial = {},
                    const Context& context = {}) const {
        return run_sweep(config, {"data", "body", &body, false}, extracted, split, on_trial, context);
    }

    /// Runs it and says which trials ran now.
    std::vector<std::size_t> ids_that_run() const {
        std::vector<std::size_t> ids;
        run([&](const SweepProgress& progress) { ids.push_back(progress.trial->id); });
        return ids;
    }
};

}  // namespace melvit::test
