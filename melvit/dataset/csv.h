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
    std::vector<std::string> columns;  ///< in lower case, without white space at their ends
    std::vector<CsvRow> rows;          ///< cells as they stand in the file; blank lines are left out

    /// Where a column stands.
    std::optional<std::size_t> find(std::string_view column) const;
};

/// Reads a CSV file: commas, quoted cells with commas, newlines and doubled quotes in them, lines that end in
/// LF or CRLF, with or without a byte order mark.
///
/// required  columns that must be there, in any order
/// throws    Error when the file cannot be read, a quote is never closed, or a required column is missing
/// source    RFC 4180
CsvTable read_csv(const std::filesystem::path& file, const std::vector<std::string>& required);

/// Empty, or what is wrong with a row that has fewer or more cells than there are columns.
std::string row_problem(const CsvTable& table, const CsvRow& row);

}  // namespace melvit
