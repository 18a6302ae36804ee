#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// What a path that somebody wrote may mean, likeliest first: as it stands; without blanks and quotes at its ends; from
/// Windows, with "\" between folders; from a spreadsheet that writes Windows-1252.
std::vector<std::string> readings_of_path(std::string_view written);

/// Finds the files that lists, catalogs and playlists name.
class FileFinder {
public:
    struct Found {
        std::filesystem::path file;  ///< as it stands in the list where no reading of it exists
        std::string cause;           ///< empty, or why it cannot be there
    };

    /// folder  what relative paths are relative to; empty for the working folder
    explicit FileFinder(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// The first reading of a path that exists, also in another Unicode normal form (names that went through
    /// macOS are in NFD, most others in NFC).
    ///
    /// written  a path, or a file:// address of one
    Found find(std::string_view written);

private:
    using Names = std::multimap<std::string, std::string>;  ///< folded name -> name

    /// The path whose names have the same normal form, or, `folded`, differ in case or blanks at most; empty
    /// when there is none.
    std::filesystem::path alike(const std::filesystem::path& file, bool folded);

    std::string cause_of(const std::filesystem::path& file, std::string_view written);

    const Names& names_in_folder(const std::filesystem::path& folder);

    std::filesystem::path folder_;
    std::map<std::filesystem::path, Names> known_folders_;
};

}  // namespace melvit
