#include "melvit/report/html.h"

#include "melvit/report/template.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

/// A row of a table for table.html.
Json cells_of(const std::vector<std::string>& row, const std::vector<bool>& is_long) {
    Json cells = Json::array();
    for (std::size_t i = 0; i < row.size(); ++i) {
        cells.push_back({{"kind", i == 0 ? "name" : is_long[i] ? "long" : ""}, {"text", escaped(row[i])}});
    }
    return cells;
}

}  // namespace

std::string escaped(std::string_view text) {
    constexpr std::pair<char, std::string_view> kEntities[] = {
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    std::string result;
    for (const char c : text) {
        const auto entity = std::ranges::find(kEntities, c, [](const auto& pair) { return pair.first; });
        if (entity == std::end(kEntities)) {
            result += c;
        } else {
            result += entity->second;
        }
    }
    return result;
}

std::string html_of(const HtmlTable& table) {
    constexpr std::size_t kOneLine = 40;              // letters
    std::vector<bool> is_long(table.columns.size());  // columns of texts that are broken into lines
    Json rows = Json::array();
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) is_long[i] = is_long[i] || row[i].size() > kOneLine;
    }
    for (const auto& row : table.rows) rows.push_back({{"cells", cells_of(row, is_long)}});
    return filled("table.html", {{"caption", escaped(table.caption)},
                                 {"is_text", !table.first_is_name},
                                 {"columns", cells_of(table.columns, is_long)},
                                 {"rows", rows}}) +
           '\n';
}

std::string facts_html(const std::vector<std::pair<std::string, std::string>>& facts) {
    Json list = Json::array();
    for (const auto& [name, value] : facts) {
        list.push_back({{"name", escaped(name)}, {"value", escaped(value)}});
    }
    return filled("facts.html", {{"facts", list}}) + '\n';
}

std::string paragraph(std::string_view text) {
    return text.empty() ? "" : fmt::format("<p>{}</p>\n", escaped(text));
}

}  // namespace melvit
