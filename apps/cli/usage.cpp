#include "usage.h"

#include "melvit/core/text.h"
#include "melvit/core/unicode.h"

#include "command_parts.h"
#include "nearest.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <optional>

namespace melvit::cli {
namespace {

std::string quoted(const std::string& argument) {
    return printable(utf8_text(argument));
}

std::vector<std::string> subcommand_names(const CLI::App& program) {
    std::vector<std::string> names;
    for (const CLI::App* subcommand : shown_subcommands(program)) names.push_back(subcommand->get_name());
    return names;
}

std::vector<std::string> flags_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const FlagPart& flag : parts_of(app).flags)
        names.insert(names.end(), flag.names.begin(), flag.names.end());
    return names;
}

bool looks_like_flag(const std::string& argument) {
    return argument.size() > 1 && argument.front() == '-' && argument != "--";
}

std::string unknown_flag(const CLI::App& app, const std::string& argument) {
    const std::string name = argument.substr(0, argument.find('='));
    const std::string near = did_you_mean(name, flags_of(app));
    const std::string list = "; melvit help " + app.get_name() + " lists them";
    return fmt::format("{}: no such flag of {}{}", quoted(name), app.get_name(), near.empty() ? list : near);
}

/// What the program itself did not know: a flag before the subcommand, or the subcommand.
std::string unknown_to_program(const CLI::App& program, const std::string& argument) {
    if (!looks_like_flag(argument)) {
        const std::vector<std::string> names = subcommand_names(program);
        const std::string near = did_you_mean(argument, names);
        return fmt::format("{}: no such subcommand of melvit{}", quoted(argument),
                           near.empty() ? "; the subcommands are " + joined(names) : near);
    }
    const std::string name = argument.substr(0, argument.find('='));
    for (const CLI::App* subcommand : shown_subcommands(program)) {
        if (subcommand->get_option_no_throw(name) == nullptr) continue;
        return fmt::format("{}: belongs behind the subcommand, as in melvit {} {}", quoted(name),
                           subcommand->get_name(), quoted(name));
    }
    return fmt::format("{}: no such flag of melvit{}", quoted(name), did_you_mean(name, flags_of(program)));
}

/// Arguments that the subcommand has no place for, in their order.
std::string extra_arguments(const CLI::App& subcommand, const std::vector<std::string>& extra) {
    std::vector<std::string> names;
    names.reserve(extra.size());
    for (const std::string& argument : extra) names.push_back(quoted(argument));
    return fmt::format("{}: {} too many for {}; melvit help {} says what it takes", joined(names, " "),
                       names.size() == 1 ? "one argument" : fmt::format("{} arguments", names.size()),
                       subcommand.get_name(), subcommand.get_name());
}

/// CLI11's sentences name the option first: "--lr: ...", "--lr requires ...", "Could not convert: --lr = fast".
std::string plain_sentence(const CLI::App& program, const CLI::App& app, const CLI::ParseError& error) {
    std::string text = error.what();
    const std::string name = text.substr(0, text.find_first_of(": "));
    if (error.get_name() == "ConversionError") {
        const std::size_t start = std::min(text.find(": ") + 2, text.size());
        const std::size_t equals = text.find(" = ", start);
        if (equals == std::string::npos) return text;
        return fmt::format("{}: needs another kind of value, it is {}", text.substr(start, equals - start),
                           quoted(text.substr(equals + 3)));
    }
    if (error.get_name() == "ArgumentMismatch") {
        const CLI::Option* option = app.get_option_no_throw(name);
        if (option == nullptr) return text;
        if (option->count() > 1)
            return fmt::format("{}: needs one value, it is there {} times", name, option->count());
        if (option->get_expected_max() == 0) return name + ": takes no value";
        return name + ": needs a value, none follows";
    }
    if (error.get_name() == "RequiredError") {
        if (&app == &program) return "melvit: needs a subcommand: " + joined(subcommand_names(program));
        return fmt::format("{}: melvit {} needs it, it is missing", name, app.get_name());
    }
    return text;
}

/// The first argument of a list that looks like a flag, or nothing.
std::optional<std::string> first_flag(const std::vector<std::string>& arguments) {
    const auto flag = std::ranges::find_if(arguments, looks_like_flag);
    return flag == arguments.end() ? std::nullopt : std::optional(*flag);
}

/// The words of a text that may be names of values.
std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words(1);
    for (const char letter : text) {
        const bool is_of_word =
            std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' || letter == '-';
        if (is_of_word) {
            words.back() += letter;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    std::erase_if(words, [](const std::string& word) {
        return word.size() < 3 || word == "needs" || word == "one" || word == "with" || word == "the";
    });
    return words;
}

/// The nearest of the values that a need names to the one in the finding: it is "randm:1", it is window.
std::string suggestion(const Error& error) {
    const std::string& finding = error.finding();
    const std::size_t quote = finding.find('"');
    const std::size_t start = (quote == std::string::npos ? finding.rfind(' ') : quote) + 1;
    const std::size_t end = finding.find_first_of("\":", start);
    return did_you_mean(finding.substr(start, end - start), words_of(error.need()));
}

/// What an Error is about, as a flag: the last word of "front end, clip_seconds".
std::string flag_of(const Error& error) {
    const std::string text = error.what();
    std::string thing = text.substr(0, text.size() - std::min(text.size(), error.reason().size() + 2));
    thing = thing.substr(thing.rfind(' ') + 1);
    std::ranges::replace(thing, '_', '-');
    return thing.starts_with("--") ? thing : "--" + thing;
}

}  // namespace

std::string complaint(const CLI::App& program, const CLI::ParseError& error) {
    const std::vector<std::string> of_program = program.remaining();
    if (!of_program.empty()) return unknown_to_program(program, of_program.front());
    const std::vector<CLI::App*> parsed = program.get_subcommands();
    const CLI::App& app = parsed.empty() ? program : *parsed.front();
    const std::vector<std::string> extra = app.remaining();
    if (const auto flag = first_flag(extra)) return unknown_flag(app, *flag);
    const bool is_value = error.get_name() == "ConversionError" || error.get_name() == "ValidationError";
    if (!extra.empty() && !is_value) return extra_arguments(app, extra);
    return plain_sentence(program, app, error);
}

void check_flags_with(const std::function<void()>& checks, const std::string& flag) {
    try {
        checks();
    } catch (const UsageError&) {
        throw;
    } catch (const Error& error) {
        throw UsageError(flag.empty() ? flag_of(error) : flag, error.need(),
                         error.finding() + suggestion(error));
    }
}

}  // namespace melvit::cli
