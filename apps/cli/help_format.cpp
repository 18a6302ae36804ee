#include "help_format.h"

#include "arguments.h"
#include "exit_codes.h"
#include "wrap.h"

#include <fmt/format.h>

namespace melvit::cli {
namespace {

constexpr std::size_t kColumnWidth = 32;
constexpr std::size_t kTextWidth = 68;

}  // namespace

HelpFormat::HelpFormat() {
    column_width(kColumnWidth);
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
    if (option->get_type_size() == 0) return "";
    std::string text = " " + option->get_type_name();
    if (option->get_expected_max() == CLI::detail::expected_max_vector_size) text += " ...";
    return text + (option->get_required() ? " (required)" : "");
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
    const std::string value = option->get_default_str();
    return wrapped(option->get_description() + (value.empty() ? "" : fmt::format(" (default: {})", value)),
                   kTextWidth);
}

void show_defaults(CLI::App& subcommand) {
    for (CLI::Option* option : subcommand.get_options()) {
        if (!option->get_default_str().empty() || option->get_expected_max() == 0) continue;
        option->capture_default_str();
        const std::string text = option->get_default_str();
        // Where 0 is what a flag has unless it is given, it means without.
        const bool says_nothing = text == "[]" || text == "{}" || text == "\"\"" || text == "0";
        if (says_nothing) option->default_str("");
    }
}

std::string program_footer() {
    std::string text =
        "Start: melvit synth --out songs && melvit train --data songs --body random:vit_ti_16 --out run\n"
        "melvit help SUBCOMMAND tells of a subcommand. " +
        synonyms_text() + "\n\nExit codes:\n";
    for (const ExitCodeMeaning& row : kExitCodes) text += fmt::format("  {:<5}{}\n", row.code, row.meaning);
    text.pop_back();
    return text;
}

}  // namespace melvit::cli
