#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace melvit::cli {

/// The man page melvit(1), in roff.
std::string man_page(const CLI::App& program);

/// The man page of one subcommand: melvit-train(1).
std::string man_page(const CLI::App& program, const CLI::App& subcommand);

}  // namespace melvit::cli
