#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace melvit {

/// Text as it may stand in an HTML page, also inside the quotes of an attribute.
std::string escaped(std::string_view text);

/// A table; texts are escaped here.
struct HtmlTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::string caption;        ///< empty: none
    bool first_is_name = true;  ///< first column to the left, the others to the right like numbers
};

std::string html_of(const HtmlTable& table);

/// A list of facts: name, value.
std::string facts_html(const std::vector<std::pair<std::string, std::string>>& facts);

std::string paragraph(std::string_view text);

}  // namespace melvit
