#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace melvit::cli {

/// Help that fits 100 columns and names the default of each flag that has one.
class HelpFormat : public CLI::Formatter {
public:
    HelpFormat();
    std::string make_option_opts(const CLI::Option* option) const override;
    std::string make_option_desc(const CLI::Option* option) const override;
};

/// Takes each flag's value before parsing as its default, where the flag states none itself.
void show_defaults(CLI::App& subcommand);

/// The exit codes and synonyms, at the end of `melvit --help`.
std::string program_footer();

}  // namespace melvit::cli
