#include "melvit/report/split_folder.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/json.h"
#include "melvit/report/gnuplot.h"
#include "melvit/report/split_figures.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// The result first, as it is the first to go.
constexpr std::array<std::string_view, 7> kFiles = {"splits.json",     "splits.md",        "splits.csv",
                                                    "splits_runs.csv", "splits_tests.csv", "runs.jsonl",
                                                    "config.json"};

constexpr std::array<std::string_view, 2> kFigureNames = {"accuracy-by-split", "learning-curves"};

bool is_ours(const fs::path& file) {
    const std::string stem = file.stem().string();
    const std::string ending = file.extension().string();
    const bool figure_ending =
        ending == ".svg" || ending == ".png" || ending == ".csv" || ending == ".gnuplot";
    return std::ranges::find(kFiles, file.filename().string()) != kFiles.end() ||
           (figure_ending && std::ranges::find(kFigureNames, stem) != kFigureNames.end());
}

/// A cell in which nothing is Markdown.
std::string markdown_cell(const std::string& text) {
    std::string cell;
    for (const char letter : text) {
        if (std::string_view("\\`*_{}[]<>|#~&").find(letter) != std::string_view::npos) cell += '\\';
        cell += letter;
    }
    return cell;
}

std::string markdown_table(const TextTable& table) {
    std::string text;
    for (const auto& row : table) {
        for (const std::string& cell : row) text += "| " + markdown_cell(cell) + ' ';
        text += "|\n";
        if (&row != &table.front()) continue;
        for (std::size_t i = 0; i < row.size(); ++i) text += "|---";
        text += "|\n";
    }
    return text;
}

std::string protocol_list(const SplitStudy& study) {
    std::string text;
    for (const SplitProtocol& protocol : split_protocols()) {
        const bool ran = std::ranges::any_of(
            study.summaries, [&](const SplitSummary& s) { return s.protocol == protocol.name; });
        if (ran) text += fmt::format("- **{}**: {}\n", protocol.name, protocol.what);
    }
    return text;
}

/// Draws what gnuplot can draw.
///
/// returns  the figures that lie in the folder now
std::vector<Figure> draw(SplitStudy& study, const fs::path& folder) {
    const std::vector<Figure> figures = split_figures(study);
    try {
        draw_figures(figures, folder);
        return figures;
    } catch (const Error& error) {
        study.notes.push_back(fmt::format("no figures: {}", error.what()));
        return {};
    }
}

}  // namespace

SplitFolder::SplitFolder(fs::path folder)
    : folder_(std::move(folder)), start_(std::chrono::steady_clock::now()) {
    make_folder(folder_);
    for (const auto& entry : fs::directory_iterator(folder_)) {
        const fs::path name = entry.path().filename();
        if (is_ours(name) || name.string().starts_with('.')) continue;
        throw Error(folder_, "needs to be a new folder or one of an earlier study of splits",
                    "it holds " + name.string());
    }
}

void SplitFolder::start(const Json& config) {
    for (const std::string_view file : kFiles) fs::remove(folder_ / file);
    for (const std::string_view figure : kFigureNames) {
        for (const char* ending : {".svg", ".png", ".csv", ".gnuplot"}) {
            fs::remove(folder_ / (std::string(figure) + ending));
        }
    }
    write_file(folder_ / "config.json", json_text(config));
    log_.emplace(folder_ / "runs.jsonl");
}

void SplitFolder::log_run(const StudyRun& run) {
    log_->add({{"recipe", run.recipe},
               {"protocol", run.protocol},
               {"fraction", run.fraction},
               {"seed", run.seed},
               {"fold", run.fold},
               {"validation_accuracy", run.validation_accuracy},
               {"validation_loss", run.validation_loss},
               {"test_accuracy", run.test_accuracy},
               {"test_loss", run.test_loss},
               {"seconds", run.seconds},
               {"error", run.error}});
}

Json SplitFolder::finish(SplitStudy study, const Json& skipped) {
    write_file(folder_ / "splits_runs.csv", split_runs_csv(study));
    write_file(folder_ / "splits.csv", split_summary_csv(study));
    write_file(folder_ / "splits_tests.csv", split_tests_csv(study));
    const std::vector<Figure> figures = draw(study, folder_);
    write_file(folder_ / "splits.md", split_page(study, figures));
    Json result = split_study_json(study);
    result["figures"] = Json::array();
    for (const Figure& figure : figures) result["figures"].push_back(figure.name);
    result["skipped"] = skipped;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
    result["seconds"] = seconds.count();
    write_file(folder_ / "splits.json", json_text(result));
    return result;
}

std::string split_page(const SplitStudy& study, const std::vector<Figure>& figures) {
    std::string page =
        "# Accuracy by split\n\n" + markdown_table(split_table(study)) + '\n' + protocol_list(study) +
        "\nThe first interval is that of the mean over runs (Student's t); the second is what so many "
        "different test tracks allow (Wilson). Where only the training seed changes the first says "
        "nothing of other tracks.\n";
    if (const TextTable curves = learning_curve_table(study); !curves.empty()) {
        page +=
            "\n## Learning curves\n\nAccuracy by share of the training side, mean +- sample deviation.\n\n" +
            markdown_table(curves);
    }
    if (const TextTable tests = split_tests_table(study); !tests.empty()) {
        page +=
            "\n## Between recipes\n\nThe difference is the second recipe's accuracy less the first's, over "
            "runs of "
            "the same split and seed; its test allows for training sides that overlap (Nadeau and Bengio "
            "2003). "
            "McNemar's exact test counts each track once.\n\n" +
            markdown_table(tests);
    }
    for (const Figure& figure : figures) {
        page += fmt::format("\n![{}]({}.svg)\n\n{}\n", figure.title, figure.name, figure.caption);
    }
    if (!study.notes.empty()) page += "\n## Notes\n\n";
    for (const std::string& note : study.notes) page += "- " + markdown_cell(note) + '\n';
    return page;
}

}  // namespace melvit
