#include "arguments.h"

#include "command_parts.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace melvit::cli {
namespace {

struct Synonym {
    std::string_view written;
    std::string_view meant;
};

constexpr std::array kSynonyms = {Synonym{"--learning-rate", "--lr"},
                                  Synonym{"--batch-size", "--batch"},
                                  Synonym{"--wd", "--weight-decay"},
                                  Synonym{"--num-epochs", "--epochs"},
                                  Synonym{"--output", "--out"},
                                  Synonym{"-o", "--out"},
                                  Synonym{"-j", "--jobs"},
                                  Synonym{"-j", "--threads"},
                                  Synonym{"--jobs", "--threads"},
                                  Synonym{"-m", "--model"},
                                  Synonym{"-q", "--quiet"},
                                  Synonym{"--color", "--colours"},
                                  Synonym{"--colors", "--colours"}};

/// A flag's name as the subcommand has it; empty where it has none.
std::string own_name(const CLI::App& app, std::string name) {
    if (app.get_option_no_throw(name) != nullptr) return name;
    if (name.starts_with("--")) std::ranges::replace(name, '_', '-');
    if (app.get_option_no_throw(name) != nullptr) return name;
    for (const Synonym& synonym : kSynonyms) {
        std::string meant(synonym.meant);
        if (name == synonym.written && app.get_option_no_throw(meant) != nullptr) return meant;
    }
    return "";
}

}  // namespace

std::vector<std::string> with_usual_names(const CLI::App& program, std::vector<std::string> arguments) {
    const CLI::App* app = &program;
    for (std::string& argument : arguments) {
        if (argument == "--") break;
        if (argument.empty() || argument.front() != '-') {
            const CLI::App* subcommand = app == &program ? subcommand_named(program, argument) : nullptr;
            if (subcommand != nullptr) app = subcommand;
            continue;
        }
        const std::size_t equals = std::min(argument.find('='), argument.size());
        const std::string name = own_name(*app, argument.substr(0, equals));
        if (!name.empty()) argument.replace(0, equals, name);
    }
    return arguments;
}

std::string synonyms_text() {
    return "Usual synonyms work too: --learning-rate (--lr), --batch-size (--batch), --wd (--weight-decay), "
           "-o "
           "and\n--output (--out), -m (--model), -j (--threads), -q (--quiet), and _ for - in a flag.";
}

}  // namespace melvit::cli
