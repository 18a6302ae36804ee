#include "written_rows.h"

#include "melvit/core/json.h"
#include "melvit/core/text.h"
#include "melvit/core/unicode.h"

#include <fmt/format.h>
#include <optional>

namespace melvit::cli {
namespace {

/// The place behind the row that starts at `start`; none when its end is missing. Within quotes a newline is
/// part of a name.
std::optional<std::size_t> end_of_row(std::string_view text, std::size_t start, bool quotes) {
    bool inside = false;
    for (std::size_t i = start; i < text.size(); ++i) {
        if (quotes && text[i] == '"') inside = !inside;
        if (text[i] == '\n' && !inside) return i + 1;
    }
    return std::nullopt;
}

/// The cells of a row that csv_line wrote.
std::vector<std::string> cells_of(std::string_view row) {
    std::vector<std::string> cells(1);
    bool inside = false;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
        if (row[i] == '"') {
            if (inside && row[i + 1] == '"')
                cells.back() += row[i++];
            else
                inside = !inside;
        } else if (row[i] == ',' && !inside) {
            cells.emplace_back();
        } else {
            cells.back() += row[i];
        }
    }
    return cells;
}

/// The file that a row stands for, and its error if it has one.
///
/// returns  nothing for a row of something else
std::optional<Skipped> read_row(std::string_view row, bool csv, std::size_t columns) {
    if (csv) {
        const std::vector<std::string> cells = cells_of(row);
        if (cells.size() != columns || cells.front().empty()) return std::nullopt;
        return Skipped{cells.front(), cells.back()};
    }
    try {
        const auto json = parse_json(row, "row");
        return Skipped{json.at("file").get<std::string>(), json.value("error", "")};
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace

WrittenRows read_written_rows(std::string_view text, const AnswerRows& rows,
                              const std::filesystem::path& file) {
    const bool csv = rows.form == AnswerForm::csv;
    const std::string header = rows.header();
    WrittenRows written;
    if (text.size() < header.size() && header.starts_with(text)) return written;
    if (!text.starts_with(header))
        throw Error(file, "needs the header of these genres and segments to go on", "it begins otherwise");
    const std::size_t columns = csv ? cells_of(header).size() : 0;
    std::size_t last_start = header.size();
    std::string last;
    written.whole_bytes = header.size();
    while (const auto end = end_of_row(text, written.whole_bytes, csv)) {
        const std::string_view row = text.substr(written.whole_bytes, *end - written.whole_bytes);
        const auto found = read_row(row, csv, columns);
        if (!found) {
            throw Error(file, "needs to hold rows of melvit classify to go on",
                        fmt::format("byte {} begins '{}'", written.whole_bytes, printable(utf8_text(row))));
        }
        if (found->file != last) last_start = written.whole_bytes;
        last = found->file;
        written.files.insert(found->file);
        if (!found->reason.empty()) written.skipped.push_back(*found);
        written.whole_bytes = *end;
    }
    if (!csv || !rows.segmented || last.empty()) return written;
    written.whole_bytes = last_start;
    written.files.erase(last);
    std::erase_if(written.skipped, [&](const Skipped& skipped) { return skipped.file == last; });
    return written;
}

}  // namespace melvit::cli
