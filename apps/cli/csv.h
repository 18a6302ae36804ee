#pragma once

#include <string>
#include <vector>

namespace melvit::cli {

/// The cells as a line of CSV (RFC 4180): a cell with a comma, quote or newline is quoted.
inline std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (const std::string& cell : cells) {
        if (&cell != &cells.front()) line += ',';
        if (cell.find_first_of(",\"\r\n") == std::string::npos) {
            line += cell;
            continue;
        }
        line += '"';
        for (const char c : cell) line += c == '"' ? std::string("\"\"") : std::string(1, c);
        line += '"';
    }
    return line;
}

}  // namespace melvit::cli
