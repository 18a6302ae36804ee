#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace melvit::cli {

/// A script that teaches a shell to complete subcommands, flags, their values and files, made from the flags
/// themselves.
///
/// shell  bash, zsh or fish
std::string completion_script(const CLI::App& program, const std::string& shell);

}  // namespace melvit::cli
