#pragma once

#include "melvit/core/context.h"
#include "melvit/report/gnuplot.h"
#include "melvit/sweep/sweep_record.h"

#include <filesystem>
#include <vector>

namespace melvit {

/// A written report: one page that needs no other file, and each figure as SVG, PNG, CSV and gnuplot script.
struct Report {
    std::filesystem::path page;
    std::filesystem::path figures_folder;
    std::vector<DrawnFigure> figures;  ///< in the order of the page; names of files in figures_folder
};

/// Writes folder/index.html and folder/figures/. What cannot be told of a sweep (it is not finished, say) is
/// said on the page in place of the figure.
///
/// folder    is made when it is missing; an earlier report there is replaced
/// context   progress in "figures"
/// throws    Error when gnuplot is missing or something cannot be written; Stopped
Report write_report(const SweepRecord& record, const std::filesystem::path& folder,
                    const Context& context = {});

}  // namespace melvit
