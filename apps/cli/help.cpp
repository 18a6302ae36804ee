// The verbs that tell of the others: help, completion, man.

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/text.h"

#include "command_parts.h"
#include "completion.h"
#include "man_page.h"
#include "nearest.h"
#include "streams.h"
#include "usage.h"
#include "verbs.h"

#include <filesystem>
#include <memory>

namespace melvit::cli {
namespace {

/// Text without its last line break, which write_result adds.
void write_text(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    write_result(text);
}

/// The help of a verb, or of the program where `verb` is null. (CLI11's own App::help follows what was parsed,
/// which is the verb help.)
void write_help(const CLI::App& program, const CLI::App* verb) {
    const std::string name =
        verb == nullptr ? program.get_name() : program.get_name() + " " + verb->get_name();
    const CLI::App& app = verb == nullptr ? program : *verb;
    write_text(app.get_formatter()->make_help(&app, name, CLI::AppFormatMode::Normal));
}

const CLI::App* verb_of(const CLI::App& program, const std::string& name) {
    if (name.empty()) return nullptr;
    const CLI::App* verb = verb_named(program, name);
    if (verb != nullptr) return verb;
    std::vector<std::string> names;
    for (const CLI::App* shown : shown_verbs(program)) names.push_back(shown->get_name());
    throw UsageError(printable(name), "needs a verb of melvit (" + joined(names) + ")",
                     "it is another word" + did_you_mean(name, names));
}

void write_man_pages(const CLI::App& program, const std::filesystem::path& folder) {
    make_folder(folder);
    write_file(folder / "melvit.1", man_page(program));
    for (const CLI::App* verb : shown_verbs(program))
        write_file(folder / ("melvit-" + verb->get_name() + ".1"), man_page(program, *verb));
}

}  // namespace

Verb add_help(CLI::App& program, CommonFlags&) {
    auto name = std::make_shared<std::string>();
    CLI::App* verb = program.add_subcommand("help", "the help of a verb, or of melvit");
    verb->add_option("VERB", *name, "a verb of melvit");
    verb->footer("Example: melvit help train");
    return {verb, [&program, name](const Console&) {
                write_help(program, verb_of(program, *name));
                return kDone;
            }};
}

Verb add_completion(CLI::App& program, CommonFlags&) {
    auto shell = std::make_shared<std::string>();
    CLI::App* verb =
        program.add_subcommand("completion", "a script with which a shell completes verbs and flags");
    verb->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(one_of({"bash", "zsh", "fish"}));
    verb->footer("Example: melvit completion bash > ~/.local/share/bash-completion/completions/melvit");
    return {verb, [&program, shell](const Console&) {
                write_text(completion_script(program, *shell));
                return kDone;
            }};
}

Verb add_man(CLI::App& program, CommonFlags&) {
    struct ManFlags {
        std::string name;
        std::string folder;
    };
    auto flags = std::make_shared<ManFlags>();
    CLI::App* verb = program.add_subcommand("man", "the man page of melvit or of a verb");
    verb->group("");  // for those who install it: not listed
    verb->add_option("VERB", flags->name, "a verb of melvit");
    verb->add_option("--out", flags->folder,
                     "writes all pages into this folder: melvit.1, melvit-train.1 and so on");
    verb->footer("Example: melvit man train | man -l -");
    return {verb, [&program, flags](const Console&) {
                if (!flags->folder.empty()) {
                    write_man_pages(program, flags->folder);
                    return kDone;
                }
                const CLI::App* topic = verb_of(program, flags->name);
                write_text(topic == nullptr ? man_page(program) : man_page(program, *topic));
                return kDone;
            }};
}

}  // namespace melvit::cli
