#include "command_parts.h"

#include "melvit/vit/body.h"

#include <sstream>

namespace melvit::cli {
namespace {

/// The values in braces of a type such as "TEXT:{auto,fp32}".
std::vector<std::string> listed_values(const std::string& type) {
    std::vector<std::string> values;
    const std::size_t open = type.find('{');
    const std::size_t close = type.find('}', open);
    if (open == std::string::npos || close == std::string::npos) return values;
    std::istringstream list(type.substr(open + 1, close - open - 1));
    for (std::string value; std::getline(list, value, ',');) values.push_back(value);
    return values;
}

/// Values of flags that also take others.
std::vector<std::string> usual_values(const std::string& flag) {
    if (flag == "--recipe") return {"best", "study"};
    if (flag == "--split") {
        return {"random:", "stratified:", "grouped:", "kfold:10:", "gtzan-filtered", "gtzan-stratified"};
    }
    if (flag != "--body") return {};
    std::vector<std::string> bodies = fetched_body_names();
    bodies.insert(bodies.end(), {"random:vit_ti_16", "random:vit_b_16"});
    return bodies;
}

FlagPart part_of(const CLI::Option& option) {
    FlagPart part;
    for (const std::string& name : option.get_lnames()) part.names.push_back("--" + name);
    for (const std::string& name : option.get_snames()) part.names.push_back("-" + name);
    if (part.names.empty()) part.names.push_back(option.get_name(true));
    part.what = option.get_description();
    part.group = option.get_group();
    if (option.get_expected_max() == 0) return part;
    part.value = option.get_type_name();
    part.default_value = option.get_default_str();
    part.choices = listed_values(part.value);
    if (!part.choices.empty()) {
        part.value = "TEXT";
        return part;
    }
    part.choices = usual_values(part.names.front());
    part.takes_files = part.value.starts_with("TEXT") && part.names.front() != "--url" &&
                       part.names.front() != "--sha256" && part.names.front() != "NAME";
    return part;
}

}  // namespace

SubcommandPart parts_of(const CLI::App& app) {
    SubcommandPart subcommand{app.get_name(), app.get_description(), app.get_footer(), {}, {}};
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group().empty()) continue;
        (option->nonpositional() ? subcommand.flags : subcommand.arguments).push_back(part_of(*option));
    }
    return subcommand;
}

std::vector<const CLI::App*> shown_subcommands(const CLI::App& program) {
    return program.get_subcommands(
        [](const CLI::App* subcommand) { return !subcommand->get_group().empty(); });
}

const CLI::App* subcommand_named(const CLI::App& program, const std::string& name) {
    for (const CLI::App* subcommand : program.get_subcommands([](const CLI::App*) { return true; })) {
        if (subcommand->get_name() == name) return subcommand;
    }
    return nullptr;
}

}  // namespace melvit::cli
