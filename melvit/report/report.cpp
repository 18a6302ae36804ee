#include "melvit/report/report.h"

#include "melvit/core/file_lock.h"
#include "melvit/report/html.h"
#include "melvit/report/model_figures.h"
#include "melvit/report/overview.h"
#include "melvit/report/study_figures.h"
#include "melvit/report/sweep_figures.h"
#include "melvit/report/tables.h"
#include "melvit/report/template.h"
#include "melvit/search/parameter_text.h"

#include <fmt/format.h>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view kFigures = "figures";

/// A heading of the page and what stands below it.
struct Section {
    std::string id, title;
    std::string before = {};  ///< HTML above the figures
    std::vector<Figure> figures = {};
    std::vector<Figure> folded = {};  ///< shown after a click
    std::string folded_title = {};
};

Section best_section(const Overview& overview) {
    Section section{.id = "best", .title = "The best trials"};
    if (overview.ranked.empty()) {
        section.before = paragraph("No trial has a result, so there is nothing to rank or to draw.");
        return section;
    }
    section.before = html_of(best_trials(overview));
    section.figures = {learning_curves(overview), best_so_far(overview)};
    return section;
}

Section parameter_section(const Overview& overview) {
    Section section{.id = "parameters", .title = "What the parameters do"};
    for (std::optional<Figure> figure :
         {metric_map(overview), importance_figure(overview), parallel_coordinates(overview)}) {
        if (figure) section.figures.push_back(std::move(*figure));
    }
    if (overview.axes.empty()) {
        section.before = paragraph("No parameter has more than one value among the trials with a result.");
    } else if (!importance_figure(overview)) {
        section.before = paragraph("There are too few trials to tell how important each parameter is.");
    }
    return section;
}

Section model_section(const SweepRecord& record) {
    Section section{.id = "model", .title = "The chosen model on the test tracks"};
    section.before = facts_html(test_facts(record));
    section.figures = model_figures(record);
    const HtmlTable genres = genre_table(record);
    if (!genres.rows.empty()) section.before += html_of(genres);
    if (section.figures.empty()) {
        section.before = paragraph("The sweep has no tested model yet, so there is nothing to show.");
    }
    return section;
}

/// The study's figures, validation first; single plots are folded, as the stacked ones show the same.
std::vector<Section> study_sections(const Overview& overview) {
    std::vector<Section> sections;
    for (const Subset subset : {Subset::validation, Subset::training}) {
        for (const Measure measure : {Measure::error, Measure::loss}) {
            const std::string subset_name = subset == Subset::validation ? "validation" : "training";
            const std::string name = subset_name + (measure == Measure::error ? " error" : " loss");
            Section section{.id = subset_name + (measure == Measure::error ? "-error" : "-loss"),
                            .title = "Averages and minima of the " + name,
                            .folded_title = "Each plot as a figure of its own: " + name};
            for (Figure& figure : study_figures(overview, subset, measure)) {
                auto& list = figure.name.starts_with("solo-") ? section.folded : section.figures;
                list.push_back(std::move(figure));
            }
            if (section.figures.empty()) continue;
            sections.push_back(std::move(section));
        }
    }
    if (sections.empty()) {
        sections.push_back({.id = "averages",
                            .title = "Averages and minima",
                            .before = paragraph(why_no_study_figures(overview))});
    }
    return sections;
}

std::vector<Section> sections_of(const Overview& overview) {
    std::vector<Section> sections = {best_section(overview), parameter_section(overview),
                                     model_section(*overview.record)};
    for (Section& section : study_sections(overview)) sections.push_back(std::move(section));
    sections.push_back(
        {.id = "study", .title = "The study beside it", .before = html_of(study_table(overview))});
    sections.push_back(
        {.id = "facts", .title = "Facts of the sweep", .before = facts_html(sweep_facts(overview))});
    const HtmlTable unfinished = unfinished_trials(overview);
    if (!unfinished.rows.empty()) {
        sections.push_back(
            {.id = "unfinished", .title = "Failed and stopped trials", .before = html_of(unfinished)});
    }
    return sections;
}

/// A figure as it stands in the page: the SVG itself, its caption, links to its files.
std::string figure_html(const DrawnFigure& figure, int width, const fs::path& folder) {
    constexpr std::uint64_t kMostBytes = 256U << 20U;
    constexpr std::size_t kAfterName = 4;  // "<svg", to which the template adds attributes
    constexpr int kSmallestText = 10;      // pixels; narrower windows scroll the figure inside its box
    Json links = Json::array();
    for (const auto& [format, file] : {std::pair("SVG", figure.svg), std::pair("PNG", figure.png),
                                       std::pair("CSV", figure.csv), std::pair("gnuplot", figure.script)}) {
        links.push_back({{"format", format}, {"file", fmt::format("{}/{}", kFigures, escaped(file))}});
    }
    const std::string svg = inline_svg(read_text_file(folder / figure.svg, kMostBytes), figure.name);
    return filled("figure.html", {{"name", escaped(figure.name)},
                                  {"title", escaped(figure.title)},
                                  {"caption", escaped(figure.caption)},
                                  {"least_width", width * kSmallestText / kFigureText},
                                  {"width", width},
                                  {"svg", svg.substr(kAfterName)},
                                  {"links", links}});
}

/// Takes the figures off the front of `drawn` that were drawn for `figures`.
Json figures_html(const std::vector<Figure>& figures, std::span<const DrawnFigure>& drawn,
                  const fs::path& folder) {
    Json list = Json::array();
    for (std::size_t i = 0; i < figures.size(); ++i) {
        list.push_back({{"figure", figure_html(drawn[i], figures[i].width, folder)}});
    }
    drawn = drawn.subspan(figures.size());
    return list;
}

std::string page_of(const Overview& overview, const std::vector<Section>& sections,
                    std::span<const DrawnFigure> drawn, const fs::path& figures_folder) {
    const Json name = find_in(overview.record->sweep, {"name"});
    Json warnings = Json::array(), parts = Json::array();
    for (const std::string& warning : warnings_of(overview)) warnings.push_back({{"text", escaped(warning)}});
    for (const Section& section : sections) {
        const Json figures = figures_html(section.figures, drawn, figures_folder);
        parts.push_back({{"id", section.id},
                         {"title", escaped(section.title)},
                         {"before", section.before},
                         {"figures", figures},
                         {"folded_title", escaped(section.folded_title)},
                         {"folded", figures_html(section.folded, drawn, figures_folder)}});
    }
    return filled("page.html", {{"title", escaped("Sweep " + (name.is_null() ? "" : value_text(name)))},
                                {"summary", escaped(summary_of(overview))},
                                {"warnings", warnings},
                                {"sections", parts}}) +
           '\n';
}

}  // namespace

Report write_report(const SweepRecord& record, const fs::path& folder, const Context& context) {
    const Overview overview = overview_of(record);
    const std::vector<Section> sections = sections_of(overview);
    std::vector<Figure> figures;
    for (const Section& section : sections) {
        figures.insert(figures.end(), section.figures.begin(), section.figures.end());
        figures.insert(figures.end(), section.folded.begin(), section.folded.end());
    }
    Report report;
    report.page = folder / "index.html";
    report.figures_folder = folder / kFigures;
    const FolderLock only_writer(folder);
    remove_parts(report.figures_folder);
    report.figures = draw_figures(figures, report.figures_folder, context);
    write_file(report.page, page_of(overview, sections, report.figures, report.figures_folder));
    return report;
}

}  // namespace melvit
