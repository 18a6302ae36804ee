#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// One row of a CSV file and the line it starts at, counted from 1.
struct CsvRow {
    std::size_t line = 0;
    std::vector<std::string> cells;
};

/// A CSV file with a header line.
struct CsvTable {
    std::vector<std::string> columns;  ///< in lower case, without blanks at their ends or unnamed last ones
    std::vector<CsvRow> rows;          ///< cells as they stand in the file; rows of blank cells are left out
    std::size_t not_utf8_line = 0;     ///< the first row with a cell that is not UTF-8; 0 when there is none

    /// Where a column stands.
    std::optional<std::size_t> find(std::string_view column) const;
};

/// Reads a CSV file as people and spreadsheets make it: any encoding and line ends of core/user_text.h; commas,
/// or else the semicolons, tabs or bars that make the required columns of its first line, or what Excel's
/// `sep=` line says; quoted cells with separators, newlines and doubled quotes in them, blanks around the
/// quotes; rows of blank cells and empty last cells passed over.
///
/// required  columns that must be there, in any order
/// throws    Error when the file cannot be read, a quote is never closed or closed too soon, or a required
///           column is missing or there twice
/// source    RFC 4180
CsvTable read_csv(const std::filesystem::path& file, const std::vector<std::string>& required);

/// The cells as a line of CSV: a cell with a comma, quote or line break is quoted.
///
/// source  RFC 4180
std::string csv_line(const std::vector<std::string>& cells);

/// Empty, or what is wrong with a row that has fewer or more cells than there are columns.
std::string row_problem(const CsvTable& table, const CsvRow& row);

}  // namespace melvit
