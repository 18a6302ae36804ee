// How many trials a search needs to get as low as a random search gets in 100: median over seeds, on
// functions whose minimum is known. The searches see results 0 or 7 trials late, as when one or eight trials
// run at once.

#include "melvit/core/csv.h"
#include "melvit/search/search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

namespace melvit {
namespace {

constexpr std::size_t kTrials = 100;
constexpr std::size_t kSeeds = 25;

struct Problem {
    std::string name;
    std::string parameters;  ///< lines of YAML
    std::function<double(const Point&)> function;
};

double value(const Point& point, const char* name) {
    return point.at(name).get<double>();
}

double square(double x) {
    return x * x;
}

/// source  Dixon, Szego 1978; minimum 0.3979
double branin(const Point& point) {
    constexpr double pi = std::numbers::pi;
    const double x = value(point, "x");
    const double y = value(point, "y");
    return square(y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6) + 10 * (1 - 1 / (8 * pi)) * std::cos(x) +
           10;
}

/// source  Hartman 1973, six dimensions; minimum -3.3224
double hartmann6(const Point& point) {
    constexpr std::array<double, 4> kAlpha = {1.0, 1.2, 3.0, 3.2};
    constexpr double kA[4][6] = {{10, 3, 17, 3.5, 1.7, 8},
                                 {0.05, 10, 17, 0.1, 8, 14},
                                 {3, 3.5, 1.7, 10, 17, 8},
                                 {17, 8, 0.05, 10, 0.1, 14}};
    constexpr double kP[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                                 {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                                 {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                                 {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        double distance = 0;
        for (std::size_t j = 0; j < 6; ++j) {
            distance += kA[i][j] * square(value(point, fmt::format("x{}", j).c_str()) - kP[i][j]);
        }
        sum -= kAlpha[i] * std::exp(-distance);
    }
    return sum;
}

/// A bowl over the logarithm of a learning rate; minimum 0 at 0.003.
double bowl(const Point& point) {
    return square(std::log10(value(point, "lr") / 0.003));
}

/// What a validation loss looks like: a bowl in lr, the width of the head and dropout matter less, weight
/// decay hardly.
double head(const Point& point) {
    return 1 + square(std::log10(value(point, "lr") / 0.002)) +
           0.1 * square(std::log2(value(point, "hidden") / 512)) + square(value(point, "dropout") - 0.4) +
           0.01 * square(std::log10(value(point, "weight_decay") / 0.01)) +
           (point.at("shape") == "mlp" ? 0.0 : 0.2);
}

/// The heads of the study's second sweep, trained on real pictures: the lowest validation loss at the
/// measured point next to the one that is asked for.
double measured_head(const Point& point) {
    struct Trial {
        double lr, weight_decay, loss;
    };
    static const std::vector<Trial> trials = [] {
        const CsvTable table = read_csv(std::string(MELVIT_RESULTS_DIR) + "/sweep2_trials.csv",
                                        {"lr", "weight_decay", "validation_loss"});
        std::vector<Trial> read;
        for (const CsvRow& row : table.rows) {
            const auto number = [&](const char* column) { return std::stod(row.cells[*table.find(column)]); };
            read.push_back({number("lr"), number("weight_decay"), number("validation_loss")});
        }
        return read;
    }();
    const auto distance = [&](const Trial& trial) {
        return square((trial.lr - value(point, "lr")) / 0.0002) +
               square((trial.weight_decay - value(point, "weight_decay")) / 0.001);
    };
    return std::ranges::min_element(trials, {}, distance)->loss;
}

std::vector<Problem> problems() {
    std::string six;
    for (int i = 0; i < 6; ++i) six += fmt::format("  x{}: {{min: 0.0, max: 1.0}}\n", i);
    return {
        {"log bowl, 1 parameter", "  lr: {distribution: log_uniform_values, min: 1e-6, max: 1}\n", bowl},
        {"Branin, 2", "  x: {min: -5.0, max: 10.0}\n  y: {min: 0.0, max: 15.0}\n", branin},
        {"head, 5",
         "  lr: {distribution: log_uniform_values, min: 1e-5, max: 1}\n"
         "  weight_decay: {distribution: log_uniform_values, min: 1e-5, max: 1}\n"
         "  hidden: {values: [64, 128, 256, 512, 1024]}\n  dropout: {min: 0.0, max: 0.9}\n"
         "  shape: {values: [study, mlp, linear]}\n",
         head},
        {"Hartmann, 6", six, hartmann6},
        {"sweep 2 as measured, 2",
         "  lr: {min: 0.0009, max: 0.0051}\n  weight_decay: {min: 0.0045, max: 0.0155}\n", measured_head}};
}

/// The best score after each trial.
std::vector<double> best_so_far(const Problem& problem, const std::string& method, std::uint64_t seed,
                                std::size_t lag) {
    const SweepFile file =
        parse_sweep_file(fmt::format("method: {}\nrun_cap: {}\nmetric: {{name: loss}}\nparameters:\n{}",
                                     method, kTrials, problem.parameters),
                         "benchmark");
    const auto search = make_search(file, seed);
    std::vector<Observation> seen;
    std::vector<double> best;
    for (std::size_t i = 0; i < kTrials; ++i) {
        const std::size_t known = search->learns() && i > lag ? i - lag : 0;
        const Point point = search->point(i, std::span(seen).first(known));
        seen.push_back({point, problem.function(point), false});
        best.push_back(best.empty() ? seen.back().score : std::min(best.back(), seen.back().score));
    }
    return best;
}

template <class Value>
Value median(std::vector<Value> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// How many trials it took to reach the goal; one more than all where it was not reached.
std::size_t trials_until(const std::vector<double>& best, double goal) {
    const auto reached = std::find_if(best.begin(), best.end(), [&](double b) { return b <= goal; });
    return static_cast<std::size_t>(reached - best.begin()) + 1;
}

void compare(const Problem& problem) {
    std::vector<double> random_bests;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        random_bests.push_back(best_so_far(problem, "random", seed, 0).back());
    }
    const double goal = median(random_bests);
    std::vector<std::size_t> random_needed;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        random_needed.push_back(trials_until(best_so_far(problem, "random", seed, 0), goal));
    }
    for (const std::size_t lag : {std::size_t{0}, std::size_t{7}}) {
        std::vector<std::size_t> needed;
        std::vector<double> bests;
        for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
            const std::vector<double> best = best_so_far(problem, "bayes", seed, lag);
            needed.push_back(trials_until(best, goal));
            bests.push_back(best.back());
        }
        fmt::print("| {:<22} | {:>3} | {:>12.5g} | {:>12.5g} | {:>14} | {:>13} |\n", problem.name, lag, goal,
                   median(bests), median(random_needed), median(needed));
    }
}

}  // namespace
}  // namespace melvit

int main() {
    fmt::print("| function | lag | random's best of 100 | bayes' | trials random takes to it | bayes |\n");
    fmt::print("|---|---|---|---|---|---|\n");
    for (const melvit::Problem& problem : melvit::problems()) melvit::compare(problem);
}
