#pragma once

#include "melvit/classifier/prediction.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace melvit::cli {

/// Why a file has no prediction.
struct NoAnswer {
    std::string reason;
    bool is_silent = false;  ///< then it has truly no genre
};

using Answer = std::variant<Prediction, NoAnswer>;

enum class AnswerForm {
    text,        ///< for people
    csv,         ///< RFC 4180, with a header
    json,        ///< elements of one array
    json_lines,  ///< the same objects, one a line
};

/// Turns the answers of one model into rows.
struct AnswerRows {
    AnswerForm form = AnswerForm::text;
    std::vector<std::string> genres;
    std::size_t top = 3;     ///< genres in a text
    bool segmented = false;  ///< CSV: a row a segment
    bool only_one = false;   ///< text: a table with bars instead of a line

    /// The line above the rows; empty for all forms but CSV.
    std::string header() const;

    /// What stands for one file, each line with its end; of a JSON array the indented element alone. Empty
    /// where the form has no place for errors (text).
    std::string of(const std::filesystem::path& file, const Answer& answer) const;
};

}  // namespace melvit::cli
