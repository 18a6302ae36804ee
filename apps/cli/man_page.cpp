#include "man_page.h"

#include "melvit/core/version.h"

#include "command_parts.h"
#include "exit_codes.h"

#include <algorithm>
#include <fmt/format.h>

namespace melvit::cli {
namespace {

/// Text that roff prints as it is: dashes stay dashes, no line is taken for a request.
std::string roff(const std::string& text) {
    std::string escaped;
    bool at_line_start = true;
    for (const char letter : text) {
        if (at_line_start && (letter == '.' || letter == '\'')) escaped += "\\&";
        if (letter == '-') {
            escaped += "\\-";
        } else if (letter == '\\') {
            escaped += "\\e";
        } else {
            escaped += letter;
        }
        at_line_start = letter == '\n';
    }
    return escaped;
}

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](char letter) {
        return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    });
    return text;
}

std::string page_start(const std::string& name, const std::string& what) {
    return fmt::format(".TH {} 1 \"\" \"melvit {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n",
                       upper(roff(name)), kVersion, roff(name), roff(what));
}

std::string entry(const FlagPart& flag) {
    std::string text = ".TP\n";
    std::string before;
    for (const std::string& name : flag.names) {
        text += before + "\\fB" + roff(name) + "\\fR";
        before = ", ";
    }
    if (!flag.value.empty()) text += " \\fI" + roff(flag.value) + "\\fR";
    text += "\n" + roff(flag.what);
    if (!flag.default_value.empty()) text += " (default: " + roff(flag.default_value) + ")";
    return text + "\n";
}

/// The flags under their headings, in the order in which these first appear.
std::string options_section(const SubcommandPart& subcommand) {
    std::string text;
    if (!subcommand.arguments.empty()) text += ".SH ARGUMENTS\n";
    for (const FlagPart& argument : subcommand.arguments) text += entry(argument);
    text += ".SH OPTIONS\n";
    std::vector<std::string> groups;
    for (const FlagPart& flag : subcommand.flags) {
        if (std::ranges::find(groups, flag.group) == groups.end()) groups.push_back(flag.group);
    }
    for (const std::string& group : groups) {
        if (group != "Options") text += ".SS " + roff(group) + "\n";
        for (const FlagPart& flag : subcommand.flags) {
            if (flag.group == group) text += entry(flag);
        }
    }
    return text;
}

std::string exit_section() {
    std::string text = ".SH EXIT STATUS\n";
    for (const ExitCodeMeaning& row : kExitCodes)
        text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", row.code, roff(row.meaning));
    return text;
}

std::string synopsis(const SubcommandPart& subcommand) {
    std::string text = fmt::format(".SH SYNOPSIS\n\\fBmelvit {}\\fR", roff(subcommand.name));
    for (const FlagPart& argument : subcommand.arguments)
        text += " \\fI" + roff(argument.names.front()) + "\\fR";
    return text + " [\\fIoptions\\fR]\n";
}

}  // namespace

std::string man_page(const CLI::App& program) {
    std::string text = page_start("melvit", "music genre classification by transfer learning");
    text += ".SH SYNOPSIS\n\\fBmelvit\\fR \\fIsubcommand\\fR [\\fIoptions\\fR]\n.SH DESCRIPTION\n" +
            roff(program.get_description()) + "\n.SH SUBCOMMANDS\n";
    std::string pages;
    for (const CLI::App* subcommand : shown_subcommands(program)) {
        text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(subcommand->get_name()),
                            roff(subcommand->get_description()));
        pages +=
            fmt::format("{}\\fBmelvit\\-{}\\fR(1)", pages.empty() ? "" : ",\n", roff(subcommand->get_name()));
    }
    return text + options_section(parts_of(program)) + exit_section() + ".SH SEE ALSO\n" + pages + "\n";
}

std::string man_page(const CLI::App& program, const CLI::App& subcommand) {
    const SubcommandPart parts = parts_of(subcommand);
    std::string text = page_start("melvit-" + parts.name, parts.what) + synopsis(parts) +
                       ".SH DESCRIPTION\n" + roff(parts.what) + ".\n" + options_section(parts);
    const std::string_view example = "Example: ";
    if (parts.footer.starts_with(example))
        text += ".SH EXAMPLE\n" + roff(parts.footer.substr(example.size())) + "\n";
    return text + exit_section() + fmt::format(".SH SEE ALSO\n\\fB{}\\fR(1)\n", roff(program.get_name()));
}

}  // namespace melvit::cli
