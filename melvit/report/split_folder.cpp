#include "melvit/report/split_folder.h"

#include "melvit/core/error.h"
#include "melvit/core/json.h"
#include "melvit/core/same_run.h"
#include "melvit/core/text.h"
#include "melvit/report/gnuplot.h"
#include "melvit/report/split_figures.h"
#include "melvit/report/split_run_line.h"
#include "melvit/report/template.h"
#include "melvit/tracking/active_time.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>
#include <string_view>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kConfigFile = "config.json";
constexpr const char* kLogFile = "runs.jsonl";

/// What is made of the runs. The result first, as it is the first to go.
constexpr std::array<std::string_view, 5> kResultFiles = {"splits.json", "splits.md", "splits.csv",
                                                          "splits_runs.csv", "splits_tests.csv"};

constexpr std::array<std::string_view, 2> kFigureNames = {"accuracy-by-split", "learning-curves"};

bool is_ours(const fs::path& file) {
    const std::string stem = file.stem().string();
    const std::string ending = file.extension().string();
    const bool figure_ending =
        ending == ".svg" || ending == ".png" || ending == ".csv" || ending == ".gnuplot";
    const std::string name = file.filename().string();
    return name == kConfigFile || name == kLogFile ||
           std::ranges::find(kResultFiles, name) != kResultFiles.end() ||
           (figure_ending && std::ranges::find(kFigureNames, stem) != kFigureNames.end());
}

/// What makes two studies the same one; the rest of config.json may differ (times, threads, paths). First what
/// is known before features are made, then what is known after that.
constexpr std::array<std::string_view, 7> kPlanIdentity = {
    "protocols", "seed", "seeds", "folds", "fractions", "allow_duplicates", "recipes"};
constexpr std::array<std::string_view, 2> kDataIdentity = {"data_sha256", "runs_sha256"};

Json read_config(const fs::path& file) {
    Json config = parse_json(read_text_file(file), file.string());
    const Json format = config.is_object() ? config.value("format", Json()) : Json();
    if (format != kSplitsFormat) {
        throw Error(file, fmt::format("needs format {}, which this melvit writes", kSplitsFormat),
                    format.is_null() ? "it names none; make the study anew in another folder"
                                     : fmt::format("it has format {}; go on with the version that made it",
                                                   format.dump()));
    }
    return config;
}

SameRun same_study(const fs::path& file, const Json& now) {
    return {file, "study", read_config(file), now};
}

void check_same_plan(const SameRun& studies) {
    studies.check(kPlanIdentity);
    studies.check_body();
}

/// What the trainings took without their interruptions.
double study_seconds(const SplitStudy& study) {
    std::vector<ActiveSpan> spans;
    for (const RecipeRuns& recipe : study.recipes) {
        for (const StudyRun& run : recipe.runs) spans.push_back({run.started, run.seconds});
    }
    return active_seconds(std::move(spans));
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

/// Draws what gnuplot can draw.
///
/// returns  the figures that lie in the folder now
std::vector<Figure> draw(SplitStudy& study, const fs::path& folder, const Context& context) {
    std::vector<Figure> figures = split_figures(study);
    try {
        draw_figures(figures, folder, context);
        return figures;
    } catch (const Error& error) {
        study.notes.push_back(fmt::format("no figures: {}", error.what()));
        return {};
    }
}

}  // namespace

SplitFolder::SplitFolder(fs::path folder, bool resume) : folder_(std::move(folder)) {
    make_folder(folder_);
    for (const auto& entry : fs::directory_iterator(folder_)) {
        const fs::path name = entry.path().filename();
        if (is_ours(name) || name.string().starts_with('.')) continue;
        throw Error(folder_, "needs to be a new folder or one of a study of splits",
                    "it holds " + printable(name.string()));
    }
    lock_.emplace(folder_);
    if (!resume && fs::exists(folder_ / kConfigFile)) {
        throw Error(folder_, "needs to be a new folder, or --resume to go on with the study in it",
                    "a study has begun there");
    }
}

void SplitFolder::check_plan(const Json& plan) const {
    const fs::path file = folder_ / kConfigFile;
    if (fs::exists(file)) check_same_plan(same_study(file, plan));
}

std::optional<NumericIdentity> SplitFolder::begun_identity(const std::string& recipe) const {
    const fs::path file = folder_ / kConfigFile;
    if (!fs::exists(file)) return std::nullopt;
    const Json config = read_config(file);
    if (!config.value("recipes", Json::object()).contains(recipe)) return std::nullopt;
    return identity_from_json(config.value("identity", Json::object()).value(recipe, Json()), file.string());
}

std::vector<StudyRun> SplitFolder::start(const Json& config) {
    std::vector<Json> lines;
    std::vector<StudyRun> ended;
    if (fs::exists(folder_ / kConfigFile)) {
        const SameRun studies = same_study(folder_ / kConfigFile, config);
        check_same_plan(studies);
        studies.check_identity();
        studies.check(kDataIdentity);
        if (fs::exists(folder_ / kLogFile)) lines = read_sound_lines(folder_ / kLogFile);
        std::erase_if(lines, [&](const Json& line) {
            const std::optional<StudyRun> run = read_split_run_line(line);
            if (run) ended.push_back(*run);
            return !run;
        });
    } else {
        forget_result();
        write_file(folder_ / kConfigFile, json_text(config));
    }
    // Without what was torn, so that new lines stand on lines of their own.
    log_.emplace(folder_ / kLogFile, lines);
    return ended;
}

void SplitFolder::log_run(const StudyRun& run) {
    forget_result();
    log_->add(split_run_line(run));
}

/// Takes away what was written of fewer runs, the result first.
void SplitFolder::forget_result() const {
    for (const std::string_view file : kResultFiles) fs::remove(folder_ / file);
    for (const std::string_view figure : kFigureNames) {
        for (const char* ending : {".svg", ".png", ".csv", ".gnuplot"}) {
            fs::remove(folder_ / (std::string(figure) + ending));
        }
    }
}

Json SplitFolder::finish(SplitStudy study, const Json& more, const Context& context) {
    const fs::path file = folder_ / kResultFiles.front();
    if (fs::exists(file)) return parse_json(read_text_file(file), file.string());
    write_file(folder_ / "splits_runs.csv", split_runs_csv(study));
    write_file(folder_ / "splits.csv", split_summary_csv(study));
    write_file(folder_ / "splits_tests.csv", split_tests_csv(study));
    const std::vector<Figure> figures = draw(study, folder_, context);
    write_file(folder_ / "splits.md", split_page(study, figures));
    Json result = split_study_json(study);
    result["figures"] = Json::array();
    for (const Figure& figure : figures) result["figures"].push_back(figure.name);
    result["seconds"] = study_seconds(study);
    result.update(more);
    write_file(file, json_text(result));
    return result;
}

std::string split_page(const SplitStudy& study, const std::vector<Figure>& figures) {
    Json protocols = Json::array(), pictures = Json::array(), notes = Json::array();
    for (const SplitProtocol& protocol : split_protocols()) {
        const bool ran = std::ranges::any_of(
            study.summaries, [&](const SplitSummary& s) { return s.protocol == protocol.name; });
        if (ran) protocols.push_back({{"name", protocol.name}, {"what", protocol.what}});
    }
    for (const Figure& figure : figures) {
        pictures.push_back({{"name", figure.name}, {"title", figure.title}, {"caption", figure.caption}});
    }
    for (const std::string& note : study.notes) notes.push_back({{"note", markdown_cell(note)}});
    return filled("splits.md", {{"accuracy", markdown_table(split_table(study))},
                                {"protocols", protocols},
                                {"curves", markdown_table(learning_curve_table(study))},
                                {"tests", markdown_table(split_tests_table(study))},
                                {"figures", pictures},
                                {"notes", notes}}) +
           '\n';
}

}  // namespace melvit
