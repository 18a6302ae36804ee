#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace melvit::cli {

/// The command line with the flags' own names in place of usual synonyms (--learning-rate is --lr, -o is --out)
/// and dashes in place of underscores (--weight_decay): what people try first, since other programs and sweep
/// files write it so.
std::vector<std::string> with_usual_names(const CLI::App& program, std::vector<std::string> arguments);

/// The synonyms as a sentence of the help.
std::string synonyms_text();

}  // namespace melvit::cli
