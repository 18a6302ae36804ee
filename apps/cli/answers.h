#pragma once

#include "answer_file.h"
#include "answer_rows.h"
#include "console.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace melvit::cli {

/// Where the answers of classify go, one after the other: to stdout, or to a file.
class Answers {
public:
    /// file  none: stdout
    Answers(AnswerRows rows, std::unique_ptr<AnswerFile> file, const Console& console);

    /// Whether an earlier run wrote this file's rows.
    bool has(const std::filesystem::path& file) const;

    /// Writes what stands for the file, whole and at once.
    ///
    /// throws  Error when it cannot be written; Stopped when a stop comes while nobody reads stdout
    void add(const std::filesystem::path& file, const Answer& answer);

    /// Ends what was begun, also after a stop: of a JSON array the bracket, of a file the wait for the disk and,
    /// with --json, `{"files","written","skipped","file"}` on stdout.
    ///
    /// out     the file's name
    /// throws  Error when it cannot be written
    void close(const std::string& out);

    /// The same, silent about what does not work: the first error is the one to tell.
    void close_after_error(const std::string& out);

    /// Lists the files with an error on stderr, those of earlier runs too.
    ///
    /// returns  the exit code
    int list_skipped() const;

private:
    void write(std::string_view text);

    AnswerRows rows_;
    std::unique_ptr<AnswerFile> file_;
    const Console& console_;
    std::vector<Skipped> skipped_;
    std::size_t added_ = 0;
    bool closed_ = false;
};

}  // namespace melvit::cli
