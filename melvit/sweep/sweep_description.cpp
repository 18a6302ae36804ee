#include "melvit/sweep/sweep_description.h"

#include "melvit/search/distribution.h"

#include <fmt/format.h>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

Json distribution_json(const Distribution& distribution) {
    const std::string name(name_of(distribution.kind));
    Json json = {{"distribution", name}};
    if (!distribution.values.empty()) json["values"] = distribution.values;
    if (!distribution.probabilities.empty()) json["probabilities"] = distribution.probabilities;
    if (name.find("uniform") != std::string::npos) {
        json["min"] = distribution.min;
        json["max"] = distribution.max;
    }
    if (name.find("normal") != std::string::npos) {
        json["mu"] = distribution.mu;
        json["sigma"] = distribution.sigma;
    }
    if (name.find("beta") != std::string::npos) {
        json["a"] = distribution.alpha;
        json["b"] = distribution.beta;
    }
    if (name.starts_with("q_")) json["q"] = distribution.q;
    return json;
}

Json metric_json(const Metric& metric) {
    Json json = {{"name", metric.name}, {"goal", metric.maximise ? "maximize" : "minimize"}};
    if (metric.target) json["target"] = *metric.target;
    return json;
}

Json early_json(const EarlyTermination& early) {
    if (early.kind == EarlyTermination::Kind::none) return nullptr;
    return {{"type", early.kind == EarlyTermination::Kind::hyperband ? "hyperband" : "median"},
            {"min_iter", early.min_iter},
            {"max_iter", early.max_iter},
            {"s", early.s},
            {"eta", early.eta},
            {"strict", early.strict}};
}

const char* method_name(SearchMethod method) {
    switch (method) {
        case SearchMethod::grid:
            return "grid";
        case SearchMethod::random:
            return "random";
        case SearchMethod::bayes:
            return "bayes";
    }
    return "";
}

}  // namespace

Json sweep_json(const SweepFile& file) {
    Json json = {{"name", file.name},
                 {"description", file.description},
                 {"project", file.project},
                 {"entity", file.entity},
                 {"method", method_name(file.method)},
                 {"metric", metric_json(file.metric)},
                 {"parameters", Json::object()},
                 {"early_terminate", early_json(file.early)},
                 {"run_cap", file.run_cap ? Json(*file.run_cap) : Json()},
                 {"notes", file.notices}};
    for (const Parameter& parameter : file.parameters) {
        json["parameters"][parameter.name] = distribution_json(parameter.distribution);
    }
    return json;
}

}  // namespace melvit
