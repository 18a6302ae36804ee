#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// Values of all parameters of one trial: a JSON object, names in sorted order, values numbers, texts or
/// booleans.
using Point = nlohmann::ordered_json;

enum class SearchMethod { grid, random, bayes };

enum class DistributionKind {
    constant,
    categorical,
    int_uniform,
    uniform,
    q_uniform,
    log_uniform,
    q_log_uniform,
    inv_log_uniform,
    log_uniform_values,
    q_log_uniform_values,
    inv_log_uniform_values,
    normal,
    q_normal,
    log_normal,
    q_log_normal,
    beta,
    q_beta,
};

/// Which values a parameter takes. Only what its kind needs is set.
struct Distribution {
    DistributionKind kind = DistributionKind::constant;
    std::vector<nlohmann::ordered_json> values;  ///< constant: one; categorical: at least one
    std::vector<double> probabilities;           ///< categorical: of each value, sum 1; empty: equal
    double min = 0, max = 0;                     ///< log_uniform and kin: exponents of e; ..._values: values
    double mu = 0, sigma = 1;
    double alpha = 1, beta = 1;  ///< of the beta distribution ("a", "b")
    double q = 1;
    bool whole = false;  ///< q_...: q is written as a whole number, and so are the values
};

/// One parameter of a sweep; nested ones have a dot in their name.
struct Parameter {
    std::string name;
    Distribution distribution;
    std::string place{};  ///< "<file>:<line>" of its key, for errors; empty: of no file
};

/// What of a trial is to be best.
struct Metric {
    std::string name;
    bool maximise = false;
    std::optional<double> target;  ///< once a trial reaches it no new ones start
    std::string place{};           ///< "<file>:<line>" of the key that names it
    std::string goal_place{};      ///< of its goal; of the metric, where that is left out
};

/// When a trial that does badly ends early.
struct EarlyTermination {
    enum class Kind { none, hyperband, median } kind = Kind::none;
    int min_iter = 0;  ///< 0: not set; median: no trial stops before this epoch
    int max_iter = 0;  ///< 0: not set
    int s = 0;         ///< 0: not set
    double eta = 3.0;
    bool strict = true;   ///< hyperband: the value at a band counts, else the best up to now
    std::string place{};  ///< "<file>:<line>" of its key
};

/// What a sweep file says.
struct SweepFile {
    std::string name, description, project, entity;
    SearchMethod method = SearchMethod::grid;
    Metric metric;
    std::vector<Parameter> parameters;  ///< in sorted order of their names
    EarlyTermination early;
    std::optional<std::size_t> run_cap;
    std::vector<std::string> notices;  ///< sentences on keys that were ignored, and on what may surprise
};

/// Reads the YAML of Weights & Biases sweeps.
///
/// thing   what the text came from, for errors: "<thing>:<line>"
/// throws  Error, naming the key and its line, for everything that melvit does not do
SweepFile parse_sweep_file(std::string_view yaml, const std::string& thing);

/// The same from a file of at most 10 MB.
SweepFile read_sweep_file(const std::filesystem::path& file);

/// Says what is wrong with a key of a sweep file that only its user can judge, as parse_sweep_file would.
///
/// place   "<file>:<line>"; empty for a sweep of no file
/// key     "parameters.lr"
/// throws  Error "<place>: <key> <need>, <finding>"
[[noreturn]] void refuse_key(std::string_view place, std::string_view key, std::string_view need,
                             std::string_view finding);

}  // namespace melvit
