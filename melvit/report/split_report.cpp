#include "melvit/report/split_report.h"

#include "melvit/report/figure.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

/// A column of a table, for CSV and JSON alike.
template <class Row>
struct Column {
    const char* name;
    Json (*value)(const Row&);
};

constexpr Column<StudyRun> kRunColumns[] = {
    {"recipe", [](const StudyRun& r) -> Json { return r.recipe; }},
    {"protocol", [](const StudyRun& r) -> Json { return r.protocol; }},
    {"fraction", [](const StudyRun& r) -> Json { return r.fraction; }},
    {"seed", [](const StudyRun& r) -> Json { return r.seed; }},
    {"fold", [](const StudyRun& r) -> Json { return r.fold; }},
    {"train", [](const StudyRun& r) -> Json { return r.train; }},
    {"validation", [](const StudyRun& r) -> Json { return r.validation; }},
    {"test", [](const StudyRun& r) -> Json { return r.test; }},
    {"best_epoch", [](const StudyRun& r) -> Json { return r.best_epoch; }},
    {"validation_accuracy", [](const StudyRun& r) -> Json { return r.validation_accuracy; }},
    {"validation_loss", [](const StudyRun& r) -> Json { return r.validation_loss; }},
    {"test_accuracy", [](const StudyRun& r) -> Json { return r.test_accuracy; }},
    {"test_loss", [](const StudyRun& r) -> Json { return r.test_loss; }},
    {"test_macro_f1", [](const StudyRun& r) -> Json { return r.test_macro_f1; }},
    {"seconds", [](const StudyRun& r) -> Json { return std::round(1000.0 * r.seconds) / 1000.0; }},
    {"error", [](const StudyRun& r) -> Json { return r.error; }},
};

constexpr Column<SplitSummary> kSummaryColumns[] = {
    {"recipe", [](const SplitSummary& s) -> Json { return s.recipe; }},
    {"protocol", [](const SplitSummary& s) -> Json { return s.protocol; }},
    {"fraction", [](const SplitSummary& s) -> Json { return s.fraction; }},
    {"runs", [](const SplitSummary& s) -> Json { return s.runs; }},
    {"failed", [](const SplitSummary& s) -> Json { return s.failed; }},
    {"train", [](const SplitSummary& s) -> Json { return s.train; }},
    {"validation", [](const SplitSummary& s) -> Json { return s.validation; }},
    {"test", [](const SplitSummary& s) -> Json { return s.test; }},
    {"test_tracks", [](const SplitSummary& s) -> Json { return s.test_tracks; }},
    {"validation_accuracy", [](const SplitSummary& s) -> Json { return s.validation_accuracy.mean; }},
    {"test_accuracy", [](const SplitSummary& s) -> Json { return s.test_accuracy.mean; }},
    {"test_accuracy_sd", [](const SplitSummary& s) -> Json { return s.test_accuracy.sd; }},
    {"test_accuracy_low95", [](const SplitSummary& s) -> Json { return s.test_accuracy.interval95.first; }},
    {"test_accuracy_high95", [](const SplitSummary& s) -> Json { return s.test_accuracy.interval95.second; }},
    {"tracks_low95", [](const SplitSummary& s) -> Json { return s.tracks95.first; }},
    {"tracks_high95", [](const SplitSummary& s) -> Json { return s.tracks95.second; }},
    {"test_loss", [](const SplitSummary& s) -> Json { return s.test_loss.mean; }},
    {"test_loss_sd", [](const SplitSummary& s) -> Json { return s.test_loss.sd; }},
    {"test_macro_f1", [](const SplitSummary& s) -> Json { return s.test_macro_f1.mean; }},
    {"test_macro_f1_sd", [](const SplitSummary& s) -> Json { return s.test_macro_f1.sd; }},
};

constexpr Column<RecipeComparison> kTestColumns[] = {
    {"first", [](const RecipeComparison& c) -> Json { return c.first; }},
    {"second", [](const RecipeComparison& c) -> Json { return c.second; }},
    {"protocol", [](const RecipeComparison& c) -> Json { return c.protocol; }},
    {"pairs", [](const RecipeComparison& c) -> Json { return c.accuracy.pairs; }},
    {"mean_difference", [](const RecipeComparison& c) -> Json { return c.accuracy.mean_difference; }},
    {"low95", [](const RecipeComparison& c) -> Json { return c.accuracy.interval95.first; }},
    {"high95", [](const RecipeComparison& c) -> Json { return c.accuracy.interval95.second; }},
    {"overlap", [](const RecipeComparison& c) -> Json { return c.overlap; }},
    {"t", [](const RecipeComparison& c) -> Json { return c.accuracy.t; }},
    {"p", [](const RecipeComparison& c) -> Json { return c.accuracy.p; }},
    {"tracks", [](const RecipeComparison& c) -> Json { return c.tracks; }},
    {"only_first_right", [](const RecipeComparison& c) -> Json { return c.mistakes.only_first; }},
    {"only_second_right", [](const RecipeComparison& c) -> Json { return c.mistakes.only_second; }},
    {"mcnemar_p", [](const RecipeComparison& c) -> Json { return c.mistakes.p; }},
};

/// Whether a figure of a run was ever measured.
bool is_figure(std::string_view column) {
    return column == "best_epoch" || column.starts_with("validation_") || column.starts_with("test_");
}

template <class Row>
Json cell_of(const Column<Row>& column, const Row& row) {
    if constexpr (std::is_same_v<Row, StudyRun>) {
        if (!row.error.empty() && is_figure(column.name)) return nullptr;
    }
    Json value = column.value(row);
    if (value.is_number_float() && !std::isfinite(value.template get<double>())) return nullptr;
    return value;
}

std::string csv_text(const Json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return csv_cell(value.get_ref<const std::string&>());
    return value.is_number_float() ? csv_cell(value.get<double>()) : value.dump();
}

template <class Row, std::size_t kCount>
std::string csv_of(const Column<Row> (&columns)[kCount], const std::vector<Row>& rows) {
    std::string csv;
    for (const auto& column : columns) csv += fmt::format("{}{}", csv.empty() ? "" : ",", column.name);
    csv += '\n';
    for (const Row& row : rows) {
        for (const auto& column : columns) {
            if (&column != columns) csv += ',';
            csv += csv_text(cell_of(column, row));
        }
        csv += '\n';
    }
    return csv;
}

template <class Row, std::size_t kCount>
Json json_of(const Column<Row> (&columns)[kCount], const std::vector<Row>& rows) {
    Json list = Json::array();
    for (const Row& row : rows) {
        Json object;
        for (const auto& column : columns) object[column.name] = cell_of(column, row);
        list.push_back(std::move(object));
    }
    return list;
}

std::vector<StudyRun> all_runs(const SplitStudy& study) {
    std::vector<StudyRun> runs;
    for (const RecipeRuns& recipe : study.recipes) {
        runs.insert(runs.end(), recipe.runs.begin(), recipe.runs.end());
    }
    return runs;
}

std::string number_text(double number) {
    return std::isfinite(number) ? fmt::format("{:.3f}", number) : "-";
}

std::string shares_text(const std::pair<double, double>& interval) {
    if (!std::isfinite(interval.first)) return "-";
    return fmt::format("{:.3f} - {:.3f}", interval.first, interval.second);
}

std::string p_text(double p) {
    if (!std::isfinite(p)) return "-";
    return p < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", p);
}

std::string fraction_text(double fraction) {
    return short_number(100.0 * fraction) + " %";
}

void add_failures(SplitStudy& study) {
    for (const RecipeRuns& recipe : study.recipes) {
        const auto failed =
            std::ranges::count_if(recipe.runs, [](const auto& r) { return !r.error.empty(); });
        if (failed == 0) continue;
        const auto first = std::ranges::find_if(recipe.runs, [](const auto& r) { return !r.error.empty(); });
        study.notes.push_back(fmt::format("{} of {} runs of {} failed and count nowhere, the first: {}",
                                          failed, recipe.runs.size(), recipe.recipe, first->error));
    }
}

}  // namespace

SplitStudy study_of(std::vector<RecipeRuns> recipes, std::vector<std::string> notes) {
    SplitStudy study{std::move(recipes), {}, {}, {}};
    std::set<std::string> seen;
    for (std::string& note : notes) {
        if (seen.insert(note).second) study.notes.push_back(std::move(note));
    }
    for (std::size_t i = 0; i < study.recipes.size(); ++i) {
        const RecipeRuns& recipe = study.recipes[i];
        for (SplitSummary& summary : summarise(recipe)) study.summaries.push_back(std::move(summary));
        for (std::size_t earlier = 0; earlier < i; ++earlier) {
            const RecipeRuns& other = study.recipes[earlier];
            const std::vector<RecipeComparison> found = compare(other, recipe);
            study.comparisons.insert(study.comparisons.end(), found.begin(), found.end());
            if (other.files == recipe.files) continue;
            study.notes.push_back(fmt::format("{} and {} are not compared: they read different tracks",
                                              other.recipe, recipe.recipe));
        }
    }
    add_failures(study);
    return study;
}

std::string split_runs_csv(const SplitStudy& study) {
    return csv_of(kRunColumns, all_runs(study));
}

std::string split_summary_csv(const SplitStudy& study) {
    return csv_of(kSummaryColumns, study.summaries);
}

std::string split_tests_csv(const SplitStudy& study) {
    return csv_of(kTestColumns, study.comparisons);
}

Json split_study_json(const SplitStudy& study) {
    return {{"protocols", json_of(kSummaryColumns, study.summaries)},
            {"tests", json_of(kTestColumns, study.comparisons)},
            {"runs", json_of(kRunColumns, all_runs(study))},
            {"notes", study.notes}};
}

TextTable split_table(const SplitStudy& study) {
    TextTable table = {{"recipe", "split", "runs", "train", "validation", "test", "accuracy", "sd",
                        "95 % interval", "different test tracks", "their 95 % interval", "macro F1"}};
    for (const SplitSummary& s : study.summaries) {
        if (s.fraction != 1.0) continue;
        table.push_back({s.recipe, s.protocol, fmt::format("{}", s.runs), fmt::format("{}", s.train),
                         fmt::format("{}", s.validation), fmt::format("{}", s.test),
                         number_text(s.test_accuracy.mean), number_text(s.test_accuracy.sd),
                         shares_text(s.test_accuracy.interval95), fmt::format("{}", s.test_tracks),
                         shares_text(s.tracks95), number_text(s.test_macro_f1.mean)});
    }
    return table;
}

TextTable learning_curve_table(const SplitStudy& study) {
    std::set<double> fractions;
    std::set<std::pair<std::string, std::string>> curves;
    for (const SplitSummary& s : study.summaries) {
        if (s.fraction == 1.0) continue;
        fractions.insert(s.fraction);
        curves.emplace(s.recipe, s.protocol);
    }
    if (fractions.empty()) return {};
    fractions.insert(1.0);
    TextTable table = {{"recipe", "split"}};
    for (const double fraction : fractions) table[0].push_back(fraction_text(fraction));
    for (const SplitSummary& s : study.summaries) {
        if (!curves.contains({s.recipe, s.protocol})) continue;
        if (table.back()[0] != s.recipe || table.back()[1] != s.protocol) {
            table.push_back({s.recipe, s.protocol});
            table.back().resize(table[0].size(), "-");
        }
        const auto column = 2 + std::distance(fractions.begin(), fractions.find(s.fraction));
        table.back()[static_cast<std::size_t>(column)] =
            fmt::format("{} +- {}", number_text(s.test_accuracy.mean), number_text(s.test_accuracy.sd));
    }
    return table;
}

TextTable split_tests_table(const SplitStudy& study) {
    if (study.comparisons.empty()) return {};
    TextTable table = {{"recipes", "split", "pairs", "difference", "95 % interval", "p", "tracks",
                        "only the first right", "only the second right", "McNemar's p"}};
    for (const RecipeComparison& c : study.comparisons) {
        table.push_back({fmt::format("{}, {}", c.first, c.second), c.protocol,
                         fmt::format("{}", c.accuracy.pairs), number_text(c.accuracy.mean_difference),
                         shares_text(c.accuracy.interval95), p_text(c.accuracy.p),
                         fmt::format("{}", c.tracks), fmt::format("{}", c.mistakes.only_first),
                         fmt::format("{}", c.mistakes.only_second), p_text(c.mistakes.p)});
    }
    return table;
}

}  // namespace melvit
