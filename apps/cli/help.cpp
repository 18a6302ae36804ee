// The subcommands that tell of the others: help, completion, man.

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/text.h"

#include "command_parts.h"
#include "completion.h"
#include "man_page.h"
#include "nearest.h"
#include "streams.h"
#include "subcommands.h"
#include "usage.h"

#include <filesystem>
#include <memory>

namespace melvit::cli {
namespace {

/// Text without its last line break, which write_result adds.
void write_text(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    write_result(text);
}

/// The help of a subcommand, or of the program where `subcommand` is null. (CLI11's own App::help follows what was parsed,
/// which is the subcommand help.)
void write_help(const CLI::App& program, const CLI::App* subcommand) {
    const std::string name =
        subcommand == nullptr ? program.get_name() : program.get_name() + " " + subcommand->get_name();
    const CLI::App& app = subcommand == nullptr ? program : *subcommand;
    write_text(app.get_formatter()->make_help(&app, name, CLI::AppFormatMode::Normal));
}

const CLI::App* subcommand_of(const CLI::App& program, const std::string& name) {
    if (name.empty()) return nullptr;
    const CLI::App* subcommand = subcommand_named(program, name);
    if (subcommand != nullptr) return subcommand;
    std::vector<std::string> names;
    for (const CLI::App* shown : shown_subcommands(program)) names.push_back(shown->get_name());
    throw UsageError(printable(name), "needs a subcommand of melvit (" + joined(names) + ")",
                     "it is another word" + did_you_mean(name, names));
}

void write_man_pages(const CLI::App& program, const std::filesystem::path& folder) {
    make_folder(folder);
    write_file(folder / "melvit.1", man_page(program));
    for (const CLI::App* subcommand : shown_subcommands(program))
        write_file(folder / ("melvit-" + subcommand->get_name() + ".1"), man_page(program, *subcommand));
}

}  // namespace

Subcommand add_help(CLI::App& program, CommonFlags&) {
    auto name = std::make_shared<std::string>();
    CLI::App* subcommand = program.add_subcommand("help", "the help of a subcommand, or of melvit");
    subcommand->add_option("SUBCOMMAND", *name, "a subcommand of melvit");
    subcommand->footer("Example: melvit help train");
    return {subcommand, [&program, name](const Console&) {
                write_help(program, subcommand_of(program, *name));
                return kDone;
            }};
}

Subcommand add_completion(CLI::App& program, CommonFlags&) {
    auto shell = std::make_shared<std::string>();
    CLI::App* subcommand =
        program.add_subcommand("completion", "a script with which a shell completes subcommands and flags");
    subcommand->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(one_of({"bash", "zsh", "fish"}));
    subcommand->footer("Example: melvit completion bash > ~/.local/share/bash-completion/completions/melvit");
    return {subcommand, [&program, shell](const Console&) {
                write_text(completion_script(program, *shell));
                return kDone;
            }};
}

Subcommand add_man(CLI::App& program, CommonFlags&) {
    struct ManFlags {
        std::string name;
        std::string folder;
    };
    auto flags = std::make_shared<ManFlags>();
    CLI::App* subcommand = program.add_subcommand("man", "the man page of melvit or of a subcommand");
    subcommand->group("");  // for those who install it: not listed
    subcommand->add_option("SUBCOMMAND", flags->name, "a subcommand of melvit");
    subcommand->add_option("--out", flags->folder,
                           "writes all pages into this folder: melvit.1, melvit-train.1 and so on");
    subcommand->footer("Example: melvit man train | man -l -");
    return {subcommand, [&program, flags](const Console&) {
                if (!flags->folder.empty()) {
                    write_man_pages(program, flags->folder);
                    return kDone;
                }
                const CLI::App* topic = subcommand_of(program, flags->name);
                write_text(topic == nullptr ? man_page(program) : man_page(program, *topic));
                return kDone;
            }};
}

}  // namespace melvit::cli
