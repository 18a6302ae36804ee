#pragma once

#include "melvit/core/error.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace melvit::cli {

/// A file's name as a terminal may get it: on one line, without anything that the terminal would obey.
std::string shown(const std::filesystem::path& file);

/// The same of a list of skipped files and its reasons, which name files too.
std::vector<Skipped> shown(std::span<const Skipped> skipped);

}  // namespace melvit::cli
