#pragma once

#include "melvit/sweep/sweep_record.h"

#include <cmath>
#include <cstddef>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

namespace melvit::test {

using Json = nlohmann::ordered_json;

/// A training that looks like the study's: the error falls and flattens, the loss falls and rises again, more
/// so for a high learning rate; weight decay hardly matters.
inline TrialRecord sample_trial(std::size_t id, double lr, double weight_decay, int epochs) {
    TrialRecord trial;
    trial.id = id;
    trial.parameters = {{"lr", lr}, {"weight_decay", weight_decay}};
    trial.score = 1e9;
    for (int e = 1; e <= epochs; ++e) {
        const double ripple = 0.03 * std::sin(static_cast<double>(id) * 1.7 + e * 2.3) +
                              0.02 * std::sin(lr * 20000 + e) +
                              0.02 * std::sin(weight_decay * 3000 + 2.0 * e);
        EpochMetrics epoch;
        epoch.epoch = e;
        epoch.lr = lr;
        epoch.seconds = 0.2;
        epoch.validation_accuracy = 0.62 - 25 * lr - 0.5 * std::exp(-e / 3.0) + ripple;
        epoch.validation_loss = 1.1 + 60 * lr + 3 * std::exp(-e / 2.0) + 0.02 * e + ripple;
        epoch.train_accuracy = 0.95 - 0.7 * std::exp(-e / 6.0) - 10 * lr;
        epoch.train_loss = 0.2 + 2.4 * std::exp(-e / 4.0) + 20 * lr + 0.3 * weight_decay;
        trial.history.push_back(epoch);
        if (epoch.validation_loss < trial.score) {
            trial.best_epoch = e;
            trial.score = trial.validation_loss = epoch.validation_loss;
            trial.validation_accuracy = epoch.validation_accuracy;
        }
    }
    trial.seconds = 0.2 * epochs;
    return trial;
}

inline Json sample_head(const std::string& method, int epochs, std::size_t trials) {
    return {
        {"format", 1},
        {"name", "sample"},
        {"description", ""},
        {"project", "melvit"},
        {"entity", ""},
        {"method", method},
        {"metric", {{"name", "validation_loss"}, {"goal", "minimize"}}},
        {"parameters",
         {{"lr", {{"distribution", "categorical"}}}, {"weight_decay", {{"distribution", "categorical"}}}}},
        {"run_cap", nullptr},
        {"trials", trials},
        {"epochs", epochs},
        {"seed", 0},
        {"split", "random:0"},
        {"data", "pictures"},
        {"data_sha256", "1234567890abcdef"},
        {"body", {{"spec", "vit_b_16"}, {"name", "vit_b_16"}, {"sha256", "fedcba"}}},
        {"recipe", {{"train", {{"batch", 100}}}}},
        {"genres",
         {"blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"}},
        {"counts", {{"train", 800}, {"validation", 100}, {"test", 99}}},
        {"facts",
         {{"melvit", "0.1"}, {"commit", "abc"}, {"time", "2026-01-01T00:00:00Z"}, {"processor", "a CPU"}}},
        {"notes", Json::array()}};
}

/// What a finished sweep says of its best trial: 10 genres, about 99 tracks.
inline Json sample_result(const SweepRecord& record) {
    const TrialRecord* best = &record.trials.front();
    for (const TrialRecord& trial : record.trials) {
        if (trial.status != TrialStatus::failed && trial.score < best->score) best = &trial;
    }
    Json confusion = Json::array();
    Json genres = Json::object();
    for (std::size_t t = 0; t < 10; ++t) {
        Json row = Json::array();
        for (std::size_t p = 0; p < 10; ++p)
            row.push_back(t == p ? 5 + t % 4 : (t * 7 + p * 3) % 11 == 0 ? 2 : 0);
        confusion.push_back(row);
        const double recall = 0.4 + 0.05 * static_cast<double>(t);
        genres[record.sweep["genres"][t].get<std::string>()] = {
            {"precision", 0.9 - recall / 2}, {"recall", recall}, {"f1", 0.6}, {"tracks", 10}};
    }
    Json bins = Json::array();
    for (int b = 3; b < 15; ++b) {
        bins.push_back({{"confidence", (b + 0.5) / 15}, {"accuracy", (b + 0.5) / 18}, {"tracks", b}});
    }
    return {{"trials", record.trials.size()},
            {"finished", record.trials.size()},
            {"stopped", 0},
            {"failed", 0},
            {"best",
             {{"id", best->id},
              {"parameters", best->parameters},
              {"best_epoch", best->best_epoch},
              {"validation", {{"loss", best->validation_loss}, {"accuracy", best->validation_accuracy}}},
              {"test",
               {{"loss", 1.138},
                {"accuracy", 0.6566},
                {"macro_f1", 0.64},
                {"interval95", {0.558, 0.743}},
                {"confusion", confusion},
                {"genres", genres},
                {"calibration_error", 0.12},
                {"reliability", bins}}}}},
            {"seconds", 100.5},
            {"extract_seconds", 12.25}};
}

/// A finished grid over learning rate and weight decay.
inline SweepRecord sample_sweep(std::size_t lrs, std::size_t decays, int epochs) {
    SweepRecord record;
    for (std::size_t i = 0; i < lrs; ++i) {
        for (std::size_t j = 0; j < decays; ++j) {
            record.trials.push_back(sample_trial(record.trials.size() + 1,
                                                 0.001 + 0.0002 * static_cast<double>(i),
                                                 0.005 + 0.001 * static_cast<double>(j), epochs));
        }
    }
    record.sweep = sample_head("grid", epochs, record.trials.size());
    record.result = sample_result(record);
    return record;
}

}  // namespace melvit::test
