#include "completion.h"

#include "melvit/core/text.h"

#include "command_parts.h"

#include <fmt/format.h>

namespace melvit::cli {
namespace {

std::vector<SubcommandPart> subcommand_parts(const CLI::App& program) {
    std::vector<SubcommandPart> subcommands;
    for (const CLI::App* subcommand : shown_subcommands(program))
        subcommands.push_back(parts_of(*subcommand));
    return subcommands;
}

std::vector<std::string> flag_names(const SubcommandPart& subcommand) {
    std::vector<std::string> names;
    for (const FlagPart& flag : subcommand.flags)
        names.insert(names.end(), flag.names.begin(), flag.names.end());
    return names;
}

/// A text in single quotes, for bash and zsh.
std::string shell_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char letter : text) quoted += letter == '\'' ? "'\\''" : std::string(1, letter);
    return quoted + "'";
}

/// What a description says before its first semicolon or colon: completions stand on one line.
std::string short_text(const std::string& text) {
    return text.substr(0, std::min(text.find("; "), text.find(": ")));
}

// bash -------------------------------------------------------------------------------------------------------

constexpr const char* kBashStart = R"(# bash completion of melvit, written by: melvit completion bash
_melvit_files() {
    local IFS=$'\n'
    COMPREPLY+=($(compgen -f -- "$1"))
    compopt -o filenames 2>/dev/null
}

_melvit() {
    local word=${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD subcommand="" flag="" i
    COMPREPLY=()
    # bash splits words at : and =
    while ((at > 1)) && [[ $word == :* || ${COMP_WORDS[at - 1]} == : ]]; do
        ((at -= 1))
        word=${COMP_WORDS[at]}$word
    done
    if [[ $word == "=" ]]; then
        word="" flag=${COMP_WORDS[at - 1]}
    elif [[ ${COMP_WORDS[at - 1]} == "=" ]]; then
        flag=${COMP_WORDS[at - 2]}
    else
        flag=${COMP_WORDS[at - 1]}
    fi
    for ((i = 1; i < at; i += 1)); do
        case ${COMP_WORDS[i]} in
            --threads | --seed) ((i += 1)) ;;
            -*) ;;
            *) subcommand=${COMP_WORDS[i]} && break ;;
        esac
    done
    local words="" files=""
    case "$subcommand" in
)";

constexpr const char* kBashEnd = R"(    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    [[ -n $files ]] && _melvit_files "$word"
    # What stands before the last : is there already.
    if [[ $word == *:* ]]; then
        local before=${word%"${word##*:}"}
        COMPREPLY=("${COMPREPLY[@]#"$before"}")
    fi
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -F _melvit melvit
)";

std::string bash_values(const FlagPart& flag) {
    return fmt::format("words={} files={}", shell_quoted(joined(flag.choices, " ")),
                       flag.takes_files ? "yes" : "");
}

/// The case of one subcommand: after a flag its values, else flags, or what the subcommand's arguments may be.
std::string bash_subcommand(const SubcommandPart& subcommand, const std::string& words_without_dash) {
    std::string text =
        fmt::format("        {})\n            case \"$flag\" in\n", shell_quoted(subcommand.name));
    for (const FlagPart& flag : subcommand.flags) {
        if (flag.value.empty()) continue;
        text += fmt::format("                {}) {} ;;\n", joined(flag.names, " | "), bash_values(flag));
    }
    FlagPart arguments;
    for (const FlagPart& argument : subcommand.arguments) {
        arguments.choices.insert(arguments.choices.end(), argument.choices.begin(), argument.choices.end());
        arguments.takes_files = arguments.takes_files || argument.takes_files;
    }
    if (!words_without_dash.empty()) arguments.choices.push_back(words_without_dash);
    text += fmt::format(
        "                *)\n"
        "                    if [[ $word == -* ]]; then words={}; else {}; fi ;;\n"
        "            esac ;;\n",
        shell_quoted(joined(flag_names(subcommand), " ")), bash_values(arguments));
    return text;
}

std::string bash_script(const CLI::App& program) {
    std::vector<std::string> names;
    std::string cases;
    for (const SubcommandPart& subcommand : subcommand_parts(program)) {
        names.push_back(subcommand.name);
        cases += bash_subcommand(subcommand, "");
    }
    SubcommandPart start = parts_of(program);
    start.name.clear();
    return kBashStart + cases + bash_subcommand(start, joined(names, " ")) + kBashEnd;
}

// zsh --------------------------------------------------------------------------------------------------------

/// A text inside the brackets of an _arguments specification.
std::string zsh_text(const std::string& text) {
    std::string escaped;
    for (const char letter : text) {
        if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') escaped += '\\';
        escaped += letter;
    }
    return escaped;
}

/// The part of a specification that says which values there are.
std::string zsh_values(const FlagPart& flag) {
    std::vector<std::string> choices;
    for (const std::string& choice : flag.choices) choices.push_back(zsh_text(choice));
    std::string list = fmt::format("({})", joined(choices, " "));
    if (flag.choices.empty()) return flag.takes_files ? "_files" : " ";
    if (!flag.takes_files) return list;
    return fmt::format("{{_alternative \"values:value:{}\" \"files:file:_files\"}}", list);
}

std::string zsh_subcommand(const SubcommandPart& subcommand) {
    std::string text = fmt::format("                {})\n                    _arguments", subcommand.name);
    for (const FlagPart& flag : subcommand.flags) {
        for (const std::string& name : flag.names) {
            std::string spec = name + "[" + zsh_text(short_text(flag.what)) + "]";
            if (!flag.value.empty()) spec += ":" + zsh_text(flag.value) + ":" + zsh_values(flag);
            text += " \\\n                        " + shell_quoted(spec);
        }
    }
    for (const FlagPart& argument : subcommand.arguments) {
        const bool takes_more = &argument == &subcommand.arguments.back();
        text += " \\\n                        " +
                shell_quoted(fmt::format("{}:{}:{}", takes_more ? "*" : "", zsh_text(argument.names.front()),
                                         zsh_values(argument)));
    }
    return text + " ;;\n";
}

std::string zsh_script(const CLI::App& program) {
    std::string list;
    std::string cases;
    for (const SubcommandPart& subcommand : subcommand_parts(program)) {
        list += "                " + shell_quoted(subcommand.name + ":" + short_text(subcommand.what)) + "\n";
        cases += zsh_subcommand(subcommand);
    }
    std::string flags;
    for (const FlagPart& flag : parts_of(program).flags) {
        for (const std::string& name : flag.names) {
            std::string spec = name + "[" + zsh_text(short_text(flag.what)) + "]";
            if (!flag.value.empty()) spec += ":" + zsh_text(flag.value) + ": ";
            flags += shell_quoted(spec) + " \\\n        ";
        }
    }
    return "#compdef melvit\n# zsh completion of melvit, written by: melvit completion zsh\n"
           "_melvit() {\n    local line state\n    _arguments -C \\\n        " +
           flags +
           "'1:subcommand:->subcommand' '*::argument:->arguments'\n"
           "    case $state in\n"
           "        subcommand)\n            local -a subcommands\n            subcommands=(\n" +
           list +
           "            )\n            _describe 'subcommand of melvit' subcommands ;;\n"
           "        arguments)\n            case $line[1] in\n" +
           cases +
           "            esac ;;\n    esac\n}\n"
           "if [ \"$funcstack[1]\" = _melvit ]; then\n    _melvit \"$@\"\nelse\n    compdef _melvit "
           "melvit\nfi\n";
}

// fish -------------------------------------------------------------------------------------------------------

std::string fish_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char letter : text) {
        if (letter == '\'' || letter == '\\') quoted += '\\';
        quoted += letter;
    }
    return quoted + "'";
}

std::string fish_flag(const FlagPart& flag, const std::string& condition) {
    std::string text = "complete -c melvit -n " + fish_quoted(condition);
    for (const std::string& name : flag.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (!flag.value.empty()) text += flag.takes_files ? " -r -F" : " -x";
    if (!flag.choices.empty()) text += " -a " + fish_quoted(joined(flag.choices, " "));
    return text + " -d " + fish_quoted(short_text(flag.what)) + "\n";
}

std::string fish_script(const CLI::App& program) {
    std::string text = "# fish completion of melvit, written by: melvit completion fish\n";
    for (const FlagPart& flag : parts_of(program).flags) text += fish_flag(flag, "__fish_use_subcommand");
    for (const SubcommandPart& subcommand : subcommand_parts(program)) {
        text += fmt::format("complete -c melvit -f -n __fish_use_subcommand -a {} -d {}\n", subcommand.name,
                            fish_quoted(short_text(subcommand.what)));
        const std::string condition = "__fish_seen_subcommand_from " + subcommand.name;
        bool takes_files = false;
        for (const FlagPart& flag : subcommand.flags) text += fish_flag(flag, condition);
        for (const FlagPart& argument : subcommand.arguments) {
            takes_files = takes_files || argument.takes_files;
            if (argument.choices.empty()) continue;
            text += fmt::format("complete -c melvit -n {} -a {}\n", fish_quoted(condition),
                                fish_quoted(joined(argument.choices, " ")));
        }
        if (!takes_files) text += fmt::format("complete -c melvit -f -n {}\n", fish_quoted(condition));
    }
    return text;
}

}  // namespace

std::string completion_script(const CLI::App& program, const std::string& shell) {
    if (shell == "bash") return bash_script(program);
    return shell == "zsh" ? zsh_script(program) : fish_script(program);
}

}  // namespace melvit::cli
