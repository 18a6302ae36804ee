#pragma once

#include "melvit/core/error.h"

#include "answer_rows.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace melvit::cli {

/// What an earlier run of classify left in its file.
struct WrittenRows {
    std::unordered_set<std::string> files;  ///< that have their rows, as these name them
    std::vector<Skipped> skipped;           ///< those of them with an error
    std::size_t whole_bytes = 0;            ///< up to here the text is whole; 0 also without a whole header
};

/// Reads the text of a file of rows. A last line that is not whole does not count, nor do, in a table of
/// segments, the rows of the last file, some of which may be missing.
///
/// rows    what the file is expected to hold, CSV or JSON lines
/// throws  Error for a text that is something else
WrittenRows read_written_rows(std::string_view text, const AnswerRows& rows,
                              const std::filesystem::path& file);

}  // namespace melvit::cli
