#pragma once

#include <concepts>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace melvit {

/// Height of the text of all figures, in points of the SVG.
inline constexpr int kFigureText = 15;

/// A figure before it is drawn: its numbers, and gnuplot commands that make a picture of them.
struct Figure {
    std::string name;     ///< of its files: a-z, 0-9 and dashes
    std::string title;    ///< one line, for people
    std::string caption;  ///< what it shows, in plain words
    std::string csv;      ///< a header line, then rows; a blank line ends a line of the plot
    /// gnuplot commands: a filled template of melvit/report/templates. They stand inside figure.gnuplot, which sets
    /// style, terminal, output and `csv`, and run once a format.
    std::string script;
    int width = 700;  ///< of the SVG in points; the PNG has half as many pixels again
    int height = 440;
};

/// The whole script: `gnuplot <name>.gnuplot` in the folder of <name>.csv makes <name>.svg and <name>.png.
std::string script_of(const Figure& figure);

/// A text of the user's as gnuplot takes it in commands, with its quotes: nothing in it is obeyed, line
/// breaks become spaces.
std::string gnuplot_text(std::string_view text);

/// The same for the label of a tic, where gnuplot replaces %g and kin.
std::string gnuplot_tic(std::string_view text);

/// A text of the user's as one cell of a CSV; line breaks become spaces, as gnuplot reads line by line.
std::string csv_cell(std::string_view text);

/// A number as one cell of a CSV: the shortest text that reads back as the same; empty when it is not finite.
std::string csv_cell(double number);

template <std::integral Integer>
std::string csv_cell(Integer number) {
    return fmt::format("{}", number);
}

/// One line of a CSV.
template <class... Cells>
std::string csv_row(const Cells&... cells) {
    std::string line;
    ((line += csv_cell(cells) + ','), ...);
    line.back() = '\n';
    return line;
}

/// A number for people: at most `digits` significant ones, no trailing zeros ("0.0026").
std::string short_number(double number, int digits = 4);

/// A colour of viridis, whose colours grow lighter evenly and are told apart by colour-blind people, as
/// "#rrggbb". share: 0 to 1
///
/// source  matplotlib, _cm_listed.py; the light end is left out, as yellow lines on white do not show
std::string palette_colour(double share);

}  // namespace melvit
