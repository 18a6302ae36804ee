#include "melvit/report/report.h"

#include "shown.h"
#include "subcommands.h"

#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>

namespace melvit::cli {
namespace {

namespace fs = std::filesystem;

struct ReportFlags {
    std::string sweep;
    std::string out;
};

nlohmann::ordered_json json_of(const Report& report) {
    nlohmann::ordered_json figures = nlohmann::ordered_json::array();
    for (const DrawnFigure& figure : report.figures) {
        const auto place = [&](const std::string& file) { return (report.figures_folder / file).string(); };
        figures.push_back({{"name", figure.name},
                           {"title", figure.title},
                           {"svg", place(figure.svg)},
                           {"png", place(figure.png)},
                           {"csv", place(figure.csv)},
                           {"script", place(figure.script)}});
    }
    return {{"page", report.page.string()}, {"figures", figures}};
}

int run(const ReportFlags& flags, const Console& console) {
    const SweepRecord record = read_sweep(flags.sweep);
    const fs::path folder = flags.out.empty() ? fs::path(flags.sweep) / "report" : fs::path(flags.out);
    const Report report = write_report(record, folder, console.context());
    clear_progress();
    const std::string figures = report.figures.empty() ? "no figures, as no trial has a result yet"
                                                       : fmt::format("{} figures", report.figures.size());
    console.print(fmt::format("{}: the report, {}", shown(report.page), figures));
    console.document(json_of(report));
    return kDone;
}

}  // namespace

Subcommand add_report(CLI::App& program, CommonFlags&) {
    auto flags = std::make_shared<ReportFlags>();
    CLI::App* subcommand =
        program.add_subcommand("report", "one page with the figures and tables of a sweep");
    subcommand->add_option("sweep", flags->sweep, "a folder of melvit sweep; it need not be finished")
        ->required();
    subcommand->add_option("--out", flags->out,
                           "folder of the report (default: report in the sweep's folder)");
    subcommand->footer(
        "Figures are drawn by gnuplot (5.4 or later) and lie beside the page as SVG, PNG, CSV and script.\n"
        "Example: melvit report sweep1 && xdg-open sweep1/report/index.html");
    return {subcommand, [flags](const Console& console) { return run(*flags, console); }};
}

}  // namespace melvit::cli
