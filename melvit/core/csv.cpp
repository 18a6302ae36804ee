#include "melvit/core/csv.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/text.h"
#include "melvit/core/unicode.h"
#include "melvit/core/user_text.h"

#include <algorithm>
#include <fmt/format.h>

namespace melvit {
namespace {

constexpr std::size_t kMostHeaderBytes = 1U << 16U;

/// Where the cells of a file start and what stands between them.
struct CsvLayout {
    std::size_t first_line = 1;
    char separator = ',';
};

/// Reads rows off a text, one after the other.
class CsvReader {
public:
    CsvReader(std::string_view file, std::string_view text, const CsvLayout& layout)
        : file_(file),
          text_(text),
          line_(layout.first_line),
          separator_(layout.separator),
          ends_({layout.separator, '\r', '\n'}) {}

    bool at_end() const { return at_ >= text_.size(); }

    CsvRow next_row() {
        CsvRow row{line_, {}};
        while (true) {
            row.cells.push_back(next_cell());
            if (at_end()) return row;
            if (text_[at_] != separator_) break;
            ++at_;
        }
        take_line_end();
        return row;
    }

private:
    std::string next_cell() {
        const std::size_t first = std::min(text_.find_first_not_of(blanks(), at_), text_.size());
        if (first == text_.size() || text_[first] != '"') return plain_cell();
        at_ = first;
        return quoted_cell();
    }

    std::string plain_cell() {
        const std::size_t end = std::min(text_.find_first_of(ends_, at_), text_.size());
        std::string cell(text_.substr(at_, end - at_));
        at_ = end;
        return cell;
    }

    std::string quoted_cell() {
        const std::size_t first_line = line_;
        std::string cell;
        for (++at_; at_ < text_.size();) {
            if (text_[at_] == '"') {
                ++at_;
                if (at_end() || text_[at_] != '"') return check_behind_quote(std::move(cell));
            }
            const std::size_t start = at_;
            if (text_[at_] == '\r' || text_[at_] == '\n') {
                take_line_end();
            } else {
                ++at_;
            }
            cell += text_.substr(start, at_ - start);
        }
        throw Error(place(first_line), "needs its quote closed", "the file ends first");
    }

    std::string check_behind_quote(std::string cell) {
        const std::string rest = without_outer_blanks(plain_cell());
        if (rest.empty()) return cell;
        throw Error(place(line_),
                    "needs a quote inside a quoted cell doubled, and nothing behind the closing one",
                    fmt::format("\"{}\" stands there", utf8_text(printable(rest))));
    }

    void take_line_end() {
        at_ += text_.substr(at_).starts_with("\r\n") ? 2 : 1;
        ++line_;
    }

    /// Blanks that may stand before a quote.
    std::string_view blanks() const { return separator_ == '\t' ? " " : " \t"; }

    std::string place(std::size_t line) const { return fmt::format("{} line {}", file_, line); }

    std::string_view file_, text_;
    std::size_t at_ = 0;
    std::size_t line_;
    char separator_;
    std::string ends_;
};

std::string column_name(std::string_view cell) {
    return lower_case(without_outer_blanks(cell));
}

bool is_blank(const std::string& cell) {
    return without_outer_blanks(cell).empty();
}

/// Whether a line, cut at a separator, has all these columns.
bool names_columns(std::string_view line, char separator, const std::vector<std::string>& columns) {
    std::vector<std::string> names = {""};
    for (const char c : line) {
        if (c == separator) {
            names.emplace_back();
        } else if (c != '"') {
            names.back() += c;
        }
    }
    std::ranges::transform(names, names.begin(), column_name);
    return std::ranges::all_of(
        columns, [&](const std::string& column) { return std::ranges::find(names, column) != names.end(); });
}

/// Takes Excel's line `sep=;` off the text, or finds the separator by which the first line has the columns.
CsvLayout layout_of(std::string_view& text, const std::vector<std::string>& columns) {
    constexpr std::string_view kExcelLine = "sep=";
    const std::string_view first = text.substr(0, std::min(text.find_first_of("\r\n"), text.size()));
    if (first.size() == kExcelLine.size() + 1 &&
        column_name(first.substr(0, kExcelLine.size())) == kExcelLine) {
        text.remove_prefix(first.size());
        text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, text.size()));
        return {2, first.back()};
    }
    for (const std::string_view line : text_lines(text.substr(0, kMostHeaderBytes))) {
        if (line.find_first_not_of(" \t,;|") == std::string_view::npos) continue;
        for (const char separator : {',', ';', '\t', '|'}) {
            if (names_columns(line, separator, columns)) return {1, separator};
        }
        break;
    }
    return {};
}

void check_columns(const std::string& file, const CsvTable& table, const std::vector<std::string>& required) {
    for (const std::string& column : required) {
        const auto count = std::ranges::count(table.columns, column);
        if (count == 1) continue;
        if (count > 1)
            throw Error(file, "needs each column once", fmt::format("its first line names {} twice", column));
        throw Error(file, "needs a first line with the columns " + joined(required),
                    table.columns.empty() ? "it is empty"
                                          : fmt::format("its first line is \"{}\"",
                                                        utf8_text(printable(joined(table.columns, ",")))));
    }
}

}  // namespace

std::optional<std::size_t> CsvTable::find(std::string_view column) const {
    const auto found = std::ranges::find(columns, column);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

CsvTable read_csv(const std::filesystem::path& file, const std::vector<std::string>& required) {
    const std::string name = utf8_name(file);
    const std::string decoded = decode_text(read_text_file(file, std::uint64_t{1} << 30U), name);
    std::string_view text = decoded;
    const CsvLayout layout = layout_of(text, required);

    CsvReader reader(name, text, layout);
    CsvTable table;
    while (!reader.at_end()) {
        CsvRow row = reader.next_row();
        if (std::ranges::all_of(row.cells, is_blank)) continue;
        if (table.columns.empty()) {
            for (const std::string& cell : row.cells) table.columns.push_back(column_name(cell));
            while (table.columns.back().empty()) table.columns.pop_back();
            continue;
        }
        while (row.cells.size() > table.columns.size() && is_blank(row.cells.back())) row.cells.pop_back();
        if (table.not_utf8_line == 0 && !std::ranges::all_of(row.cells, is_utf8))
            table.not_utf8_line = row.line;
        table.rows.push_back(std::move(row));
    }
    check_columns(name, table, required);
    return table;
}

std::string csv_line(const std::vector<std::string>& cells) {
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

std::string row_problem(const CsvTable& table, const CsvRow& row) {
    if (row.cells.size() == table.columns.size()) return {};
    const bool has_more = row.cells.size() > table.columns.size();
    return fmt::format("needs {} cells, it has {}{}", table.columns.size(), row.cells.size(),
                       has_more ? "; a cell with a separator in it needs quotes" : "");
}

}  // namespace melvit
