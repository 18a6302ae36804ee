#include "melvit/report/html.h"

#include <fmt/format.h>
#include <utility>

namespace melvit {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #1f2933; --soft: #52606d; --line: #e4e7eb; --accent: #0b5c8f; --ground: #fff;
        --warn: #fdf3ec; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 72rem; color: var(--ink); background: var(--ground);
       font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p { max-width: 46rem; margin: .5rem 0; }
a { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 1rem 0; font-size: .95rem; }
.lead { font-size: 1.1rem; }
.soft, figcaption { color: var(--soft); font-size: .9rem; }
.warn { border-left: 4px solid #d55e00; background: var(--warn); padding: .5rem .75rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 1rem; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem 0 .3rem 1.1rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top;
         overflow-wrap: normal; }
th { font-weight: 600; vertical-align: bottom; }
td { white-space: nowrap; }
td.name, th.name, table.text td, table.text th { text-align: left; }
td.name, th.name { padding-left: 0; }
td.name, table.text td { white-space: normal; overflow-wrap: break-word; }
table.text td { min-width: 6rem; }
td.long { white-space: normal; overflow-wrap: anywhere; min-width: 16rem; text-align: left; } th.long { text-align: left; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; margin: .5rem 0; font-size: .95rem; }
dt { color: var(--soft); } dd { margin: 0; }
figure { margin: 1rem 0 2rem; break-inside: avoid; }
figure svg { display: block; width: 100%; height: auto; }
figcaption { max-width: 46rem; }
details > summary { cursor: pointer; color: var(--accent); margin: .75rem 0; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } body { padding: 1rem .75rem; } }
/* A figure turned to its negative keeps its hues; 90 % of white is the ground. */
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e3e7eb; --soft: #a9b4be; --line: #3a4046; --accent: #6db7e8; --ground: #1a1a1a; --warn: #33261c; }
  figure svg { filter: invert(.9) hue-rotate(180deg); }
}
@media print { nav { display: none; } body { max-width: none; } }
)";

}  // namespace

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\'':
                result += "&#39;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

std::string html_of(const HtmlTable& table) {
    std::string html;
    if (!table.caption.empty()) html = fmt::format("<p class=\"soft\">{}</p>\n", escaped(table.caption));
    html += fmt::format("<div class=\"scroll\"><table{}>\n", table.first_is_name ? "" : " class=\"text\"");
    std::vector<bool> is_long(table.columns.size());  // columns of texts that are broken into lines
    for (const auto& row : table.rows) {
        constexpr std::size_t kOneLine = 40;  // letters
        for (std::size_t i = 0; i < row.size(); ++i) is_long[i] = is_long[i] || row[i].size() > kOneLine;
    }
    const auto add_row = [&](const std::vector<std::string>& cells, std::string_view tag) {
        html += "<tr>";
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const char* kind = i == 0 ? " class=\"name\"" : is_long[i] ? " class=\"long\"" : "";
            html += fmt::format("<{0}{1}>{2}</{0}>", tag, kind, escaped(cells[i]));
        }
        html += "</tr>\n";
    };
    html += "<thead>";
    add_row(table.columns, "th");
    html += "</thead>\n<tbody>\n";
    for (const auto& row : table.rows) add_row(row, "td");
    return html + "</tbody></table></div>\n";
}

std::string facts_html(const std::vector<std::pair<std::string, std::string>>& facts) {
    std::string html = "<dl>\n";
    for (const auto& fact : facts) {
        html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(fact.first), escaped(fact.second));
    }
    return html + "</dl>\n";
}

std::string paragraph(std::string_view text) {
    return text.empty() ? "" : fmt::format("<p>{}</p>\n", escaped(text));
}

std::string html_page(std::string_view title, std::string_view body) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; img-src "
        "data:\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
        escaped(title), kStyle, body);
}

}  // namespace melvit
