#include "answer_rows.h"

#include "melvit/core/csv.h"
#include "melvit/core/text.h"
#include "melvit/core/unicode.h"

#include "console.h"
#include "shown.h"

#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace melvit::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Genres = std::vector<std::string>;

std::size_t first_genre(const std::vector<double>& probabilities) {
    return top_genres(probabilities, 1).front();
}

Json segment_json(const Segment& segment, const Genres& genres) {
    Json json = {{"start", segment.start_seconds}, {"end", segment.end_seconds}, {"genre", nullptr}};
    if (segment.is_silent()) return json;
    const std::size_t g = first_genre(segment.probabilities);
    json["genre"] = genres[g];
    json["probability"] = segment.probabilities[g];
    return json;
}

Json answer_json(const fs::path& file, const Answer& answer, const Genres& genres) {
    if (const auto* none = std::get_if<NoAnswer>(&answer)) {
        Json json = {{"file", utf8_name(file)}};
        if (none->is_silent) json["genre"] = nullptr;
        json["error"] = none->reason;
        return json;
    }
    const auto& prediction = std::get<Prediction>(answer);
    auto probabilities = Json::object();
    for (const std::size_t g : top_genres(prediction.probabilities, genres.size())) {
        probabilities[genres[g]] = prediction.probabilities[g];
    }
    auto segments = Json::array();
    for (const Segment& segment : prediction.segments) segments.push_back(segment_json(segment, genres));
    Json json = {{"file", utf8_name(file)},
                 {"genre", genres[first_genre(prediction.probabilities)]},
                 {"probabilities", probabilities},
                 {"duration_seconds", prediction.duration_seconds},
                 {"segments", segments}};
    if (!prediction.warning.empty()) json["warning"] = prediction.warning;
    return json;
}

/// indent  -1: on one line
std::string dumped(const Json& json, int indent) {
    // File names need not be UTF-8; JSON must be.
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// As an array holds it that is printed with an indent of 2.
std::string array_element(const Json& json) {
    std::string text = "  ";
    for (const char c : dumped(json, 2)) {
        text += c;
        if (c == '\n') text += "  ";
    }
    return text;
}

std::vector<std::string> probability_cells(const std::vector<double>& probabilities,
                                           std::size_t genre_count) {
    std::vector<std::string> cells;
    cells.reserve(genre_count);
    for (const double p : probabilities) cells.push_back(fmt::format("{:.4f}", p));
    cells.resize(genre_count);
    return cells;
}

std::string csv_row(std::vector<std::string> cells, double duration_seconds,
                    const std::vector<std::string>& probabilities) {
    cells.push_back(fmt::format("{:.2f}", duration_seconds));
    cells.insert(cells.end(), probabilities.begin(), probabilities.end());
    cells.emplace_back();  // no error
    return csv_line(cells) + "\n";
}

std::string csv_rows(const fs::path& file, const Prediction& prediction, const AnswerRows& rows) {
    const Genres& genres = rows.genres;
    if (!rows.segmented) {
        return csv_row({utf8_name(file), genres[first_genre(prediction.probabilities)]},
                       prediction.duration_seconds,
                       probability_cells(prediction.probabilities, genres.size()));
    }
    std::string text;
    for (const Segment& segment : prediction.segments) {
        std::vector<std::string> cells = {utf8_name(file), fmt::format("{:.2f}", segment.start_seconds),
                                          fmt::format("{:.2f}", segment.end_seconds), "", ""};
        if (!segment.is_silent()) {
            const std::size_t g = first_genre(segment.probabilities);
            cells[3] = genres[g];
            cells[4] = fmt::format("{:.4f}", segment.probabilities[g]);
        }
        text += csv_row(cells, prediction.duration_seconds,
                        probability_cells(segment.probabilities, genres.size()));
    }
    return text;
}

std::string csv_error(const fs::path& file, const std::string& reason, std::size_t columns) {
    std::vector<std::string> cells(columns);
    cells.front() = utf8_name(file);
    cells.back() = reason;
    return csv_line(cells) + "\n";
}

std::vector<std::string> csv_columns(const AnswerRows& rows) {
    std::vector<std::string> columns = {"file", "genre"};
    if (rows.segmented) columns = {"file", "start", "end", "genre", "probability"};
    columns.emplace_back("duration_seconds");
    columns.insert(columns.end(), rows.genres.begin(), rows.genres.end());
    columns.emplace_back("error");
    return columns;
}

std::string segment_lines(const Prediction& prediction, const Genres& genres) {
    std::string text;
    for (const Segment& segment : prediction.segments) {
        text += fmt::format("  {:7.1f} - {:7.1f} s  ", segment.start_seconds, segment.end_seconds);
        if (segment.is_silent()) {
            text += "-\n";
            continue;
        }
        const std::size_t g = first_genre(segment.probabilities);
        text += fmt::format("{} {:.0f} %\n", genres[g], 100 * segment.probabilities[g]);
    }
    return text;
}

/// A line for one song of many.
std::string text_line(const fs::path& file, const Prediction& prediction, const AnswerRows& rows) {
    std::string line = fmt::format("{}:", shown(file));
    for (const std::size_t g : top_genres(prediction.probabilities, rows.top)) {
        line += fmt::format("  {} {:.0f} %", rows.genres[g], 100 * prediction.probabilities[g]);
    }
    return line + "\n";
}

/// A table with bars for the only song.
std::string text_table(const fs::path& file, const Prediction& prediction, const AnswerRows& rows) {
    constexpr double kBarLength = 40;
    std::string text = fmt::format("{} ({})\n", shown(file), duration_text(prediction.duration_seconds));
    for (const std::size_t g : top_genres(prediction.probabilities, rows.top)) {
        const double p = prediction.probabilities[g];
        std::string bar;
        for (int i = 0; i < static_cast<int>(std::lround(kBarLength * p)); ++i) bar += "█";
        text += fmt::format("  {:<12}{:5.1f} %  {}\n", rows.genres[g], 100 * p, bar);
    }
    return text;
}

}  // namespace

std::string AnswerRows::header() const {
    return form == AnswerForm::csv ? csv_line(csv_columns(*this)) + "\n" : "";
}

std::string AnswerRows::of(const fs::path& file, const Answer& answer) const {
    if (form == AnswerForm::json) return array_element(answer_json(file, answer, genres));
    if (form == AnswerForm::json_lines) return dumped(answer_json(file, answer, genres), -1) + "\n";
    if (const auto* none = std::get_if<NoAnswer>(&answer)) {
        return form == AnswerForm::csv ? csv_error(file, none->reason, csv_columns(*this).size()) : "";
    }
    const auto& prediction = std::get<Prediction>(answer);
    if (form == AnswerForm::csv) return csv_rows(file, prediction, *this);
    return (only_one ? text_table : text_line)(file, prediction, *this) + segment_lines(prediction, genres);
}

}  // namespace melvit::cli
