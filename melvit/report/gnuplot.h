#pragma once

#include "melvit/core/context.h"
#include "melvit/report/figure.h"

#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace melvit {

/// A drawn figure: the names of its files in the folder that it was drawn in.
struct DrawnFigure {
    std::string name, title, caption;
    std::string svg, png, csv, script;
};

/// Draws figures by gnuplot, several at a time: <name>.svg, .png, .csv and .gnuplot of each. They are made in
/// a folder of their own inside `folder` and get their places once all are drawn, so that none is ever half
/// there.
///
/// folder    is made when it is missing; files of an earlier drawing with the same names are replaced
/// context   progress in "figures"
/// throws    Error when gnuplot is missing (how to install it), takes too long or finds a fault; Stopped
std::vector<DrawnFigure> draw_figures(std::span<const Figure> figures, const std::filesystem::path& folder,
                                      const Context& context = {});

/// Runs a script by the gnuplot on PATH, without a shell, in the script's folder. The user's ~/.gnuplot is
/// not read.
///
/// throws  Error as above, with the first line that gnuplot said; Stopped
void run_gnuplot(const std::filesystem::path& script, const Context& context = {},
                 std::chrono::milliseconds limit = std::chrono::minutes(2));

/// An SVG that gnuplot drew as it may stand inside an HTML page beside others: without prolog and
/// titles, and with ids of its own.
std::string inline_svg(std::string_view svg, const std::string& name);

}  // namespace melvit
