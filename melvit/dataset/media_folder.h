#pragma once

#include "melvit/core/error.h"

#include <filesystem>
#include <vector>

namespace melvit {

/// What stands in a folder, by name; hidden files, macOS "._*" and __MACOSX among them, are passed over.
///
/// skipped  the folder itself, when it cannot be read
std::vector<std::filesystem::directory_entry> list_folder(const std::filesystem::path& folder,
                                                          std::vector<Skipped>& skipped);

/// The songs and pictures of a folder and of the folders below it, told by their endings, by name.
///
/// skipped  folders that cannot be read, links to folders (so that no loop is walked), folders with the name
///          of a song or picture
std::vector<std::filesystem::path> media_below(const std::filesystem::path& folder,
                                               std::vector<Skipped>& skipped);

/// What is wrong with a folder that holds neither songs nor pictures.
Skipped empty_folder(const std::filesystem::path& folder);

}  // namespace melvit
