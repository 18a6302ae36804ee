#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace melvit::cli {

/// A flag or an argument of a subcommand, as help, completion and man pages tell of it.
struct FlagPart {
    std::vector<std::string> names;  ///< with their dashes, the usual one first; of an argument its one name
    std::string what;
    std::string value;                 ///< the kind of its value; empty where it takes none
    std::string default_value;         ///< empty where it has none
    std::string group;                 ///< the heading it stands under
    std::vector<std::string> choices;  ///< values to offer; one that ends in : goes on
    bool takes_files = false;          ///< whether a value may be a file or folder
};

/// A subcommand, or the program itself, whose flags stand before the subcommand.
struct SubcommandPart {
    std::string name;
    std::string what;
    std::string footer;
    std::vector<FlagPart> arguments;
    std::vector<FlagPart> flags;
};

/// What an app of the command line consists of.
SubcommandPart parts_of(const CLI::App& app);

/// The subcommands that help shows, in their order.
std::vector<const CLI::App*> shown_subcommands(const CLI::App& program);

/// The subcommand of that name, hidden ones included; null where there is none.
const CLI::App* subcommand_named(const CLI::App& program, const std::string& name);

}  // namespace melvit::cli
