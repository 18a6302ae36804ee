#pragma once

#include "melvit/core/file.h"
#include "melvit/core/numeric_identity.h"

#include "written_rows.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace melvit::cli {

/// What to do with a file of rows that is there already.
enum class Existing { refuse, go_on, replace };

/// The form of rows that a file's ending stands for: .csv or .jsonl.
///
/// throws  Error for another ending
AnswerForm form_of_file(const std::filesystem::path& file);

/// The file of `classify --out`. It holds whole rows at any time, also on a full disk; only a kill may tear the
/// last line, and the next run takes that off. Beside it stands FILE.melvit.json: what the rows were made
/// with, and the lock that keeps a second writer out.
class AnswerFile {
public:
    /// Says before any work what can be said then.
    ///
    /// throws  Error when the file is there and `existing` refuses it, or it cannot be written
    static void check(const std::filesystem::path& file, Existing existing);

    /// The identity of the numbers in a file that is gone on with; none where it has no rows yet.
    ///
    /// throws  Error when FILE.melvit.json does not say it
    static std::optional<NumericIdentity> begun_with(const std::filesystem::path& file, Existing existing);

    /// Begins the file, or goes on behind its last whole row.
    ///
    /// settings  all that the rows depend on: an object; "identity" in it is the NumericIdentity
    /// throws    Error of check and read_written_rows; Error when another program writes the file, or it was
    ///           begun with other settings
    AnswerFile(std::filesystem::path file, Existing existing, const nlohmann::ordered_json& settings,
               const AnswerRows& rows);

    /// What an earlier run left in it.
    const WrittenRows& earlier() const { return earlier_; }

    /// Adds the rows of one file, all or none.
    ///
    /// throws  Error when the disk is full
    void append(std::string_view rows);

    /// Waits until all of it is on the disk.
    void sync();

private:
    /// Refuses rows of other settings.
    void check_settings(const nlohmann::ordered_json& settings) const;
    void note_settings(const nlohmann::ordered_json& settings) const;

    const std::filesystem::path file_;
    const std::filesystem::path settings_file_;
    FileDescriptor lock_;
    FileDescriptor descriptor_;
    WrittenRows earlier_;
};

}  // namespace melvit::cli
