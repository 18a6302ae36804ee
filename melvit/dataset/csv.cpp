#include "melvit/dataset/csv.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/text.h"
#include "melvit/dataset/names.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace melvit {
namespace {

/// Reads rows off a text, one after the other.
class CsvReader {
public:
    CsvReader(const std::filesystem::path& file, std::string_view text) : file_(file), text_(text) {}

    bool at_end() const { return at_ >= text_.size(); }

    CsvRow next_row() {
        CsvRow row{line_, {}};
        while (true) {
            row.cells.push_back(text_.substr(at_).starts_with('"') ? quoted_cell() : plain_cell());
            if (!at_end() && text_[at_] == ',') {
                ++at_;
                continue;
            }
            if (!at_end()) ++at_;  // the newline
            ++line_;
            return row;
        }
    }

private:
    std::string plain_cell() {
        const std::size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
        std::string_view cell = text_.substr(at_, end - at_);
        at_ = end;
        if (cell.ends_with('\r')) cell.remove_suffix(1);
        return std::string(cell);
    }

    std::string quoted_cell() {
        const std::size_t first_line = line_;
        std::string cell;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '"') {
                ++at_;
                if (at_end() || text_[at_] != '"') return cell + plain_cell();
            }
            if (text_[at_] == '\n') ++line_;
            cell += text_[at_];
        }
        throw Error(fmt::format("{} line {}", utf8_name(file_), first_line), "needs its quote closed",
                    "the file ends first");
    }

    const std::filesystem::path& file_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

std::string column_name(const std::string& cell) {
    std::string name = trimmed(cell);
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

bool is_blank(const CsvRow& row) {
    return row.cells.size() == 1 && trimmed(row.cells[0]).empty();
}

}  // namespace

std::optional<std::size_t> CsvTable::find(std::string_view column) const {
    const auto found = std::ranges::find(columns, column);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

CsvTable read_csv(const std::filesystem::path& file, const std::vector<std::string>& required) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    const std::string bytes = read_text_file(file, std::uint64_t{1} << 30U);
    std::string_view text = bytes;
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());

    CsvReader reader(file, text);
    CsvTable table;
    while (!reader.at_end()) {
        CsvRow row = reader.next_row();
        if (is_blank(row)) continue;
        if (!table.columns.empty()) {
            table.rows.push_back(std::move(row));
            continue;
        }
        for (const std::string& cell : row.cells) table.columns.push_back(column_name(cell));
    }
    for (const std::string& column : required) {
        if (table.find(column)) continue;
        throw Error(utf8_name(file), "needs a first line with the columns " + joined(required),
                    table.columns.empty() ? "it is empty"
                                          : fmt::format("its first line is \"{}\"",
                                                        utf8_text(printable(joined(table.columns, ",")))));
    }
    return table;
}

std::string row_problem(const CsvTable& table, const CsvRow& row) {
    if (row.cells.size() == table.columns.size()) return {};
    return fmt::format("needs {} cells, it has {}", table.columns.size(), row.cells.size());
}

}  // namespace melvit
