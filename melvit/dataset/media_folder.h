#pragma once

#include "melvit/core/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace melvit {

/// What stands in a folder, by name; hidden files, macOS "._*" and __MACOSX among them, are passed over.
///
/// skipped  the folder itself, when it cannot be read
std::vector<std::filesystem::directory_entry> list_folder(const std::filesystem::path& folder,
                                                          std::vector<Skipped>& skipped);

/// What a folder and the folders below it hold.
struct MediaFiles {
    std::vector<std::filesystem::path> media;   ///< songs and pictures, told by their endings, by name
    std::vector<std::filesystem::path> others;  ///< other files that are not hidden
};

/// Lists a folder and the folders below it.
///
/// skipped  folders that cannot be read, links to folders (so that no loop is walked), folders with the name
///          of a song or picture
MediaFiles files_below(const std::filesystem::path& folder, std::vector<Skipped>& skipped);

/// Says how many files were passed over for their endings; empty when none was.
std::string note_on_others(const std::vector<std::filesystem::path>& others);

/// What is wrong with a folder that holds neither songs nor pictures.
Skipped empty_folder(const std::filesystem::path& folder);

}  // namespace melvit
