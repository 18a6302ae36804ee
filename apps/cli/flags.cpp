#include "flags.h"

#include "melvit/core/text.h"
#include "melvit/core/version.h"

#include "nearest.h"

#include <fmt/format.h>

namespace melvit::cli {

namespace {

CLI::Validator seed_number() {
    const auto problem = [](std::string& text) -> std::string {
        std::uint64_t seed = 0;
        if (!text.starts_with('-') && CLI::detail::lexical_cast(text, seed)) return {};
        return fmt::format("needs a whole number from 0 to 2^64 - 1, it is {}", printable(text));
    };
    return CLI::Validator(problem, "");
}

}  // namespace

void add_common_flags(CLI::App& subcommand, CommonFlags& common) {
    constexpr const char* kGroup = "Everywhere";
    subcommand.set_version_flag("-V,-v,--version", fmt::format("melvit {}", kVersion))->group(kGroup);
    subcommand.add_flag("--json", common.json, "one JSON document on stdout, nothing else there")
        ->group(kGroup);
    subcommand.add_flag("--quiet", common.quiet, "no progress on stderr")->group(kGroup);
    subcommand
        .add_option("--threads", common.threads,
                    "threads to use; without it, one for each core that the process may use")
        ->check(whole_number(1, 1024))
        ->default_str("all cores")
        ->group(kGroup);
    subcommand.add_option("--seed", common.seed, "seed of everything random")
        ->check(seed_number())
        ->default_str(subcommand.get_name() == "synth" ? "1" : "0")
        ->group(kGroup);
}

CLI::Validator number_range(double least, double most) {
    const auto problem = [least, most](std::string& text) -> std::string {
        double number = 0;
        if (CLI::detail::lexical_cast(text, number) && number >= least && number <= most) return {};
        return fmt::format("needs a number from {} to {}, it is {}", least, most, printable(text));
    };
    return CLI::Validator(problem, fmt::format("{} to {}", least, most));
}

CLI::Validator whole_number(std::int64_t least, std::int64_t most) {
    const bool has_range = least > std::numeric_limits<int>::min() && most < std::numeric_limits<int>::max();
    const std::string range = has_range ? fmt::format(" from {} to {}", least, most) : "";
    const auto problem = [least, most, range](std::string& text) -> std::string {
        std::int64_t number = 0;
        if (CLI::detail::lexical_cast(text, number) && number >= least && number <= most) return {};
        return fmt::format("needs a whole number{}, it is {}", range, printable(text));
    };
    return CLI::Validator(problem, has_range ? fmt::format("{} to {}", least, most) : "");
}

CLI::Validator any_number() {
    const auto problem = [](std::string& text) -> std::string {
        double number = 0;
        if (CLI::detail::lexical_cast(text, number)) return {};
        return fmt::format("needs a number, it is {}", printable(text));
    };
    return CLI::Validator(problem, "");
}

CLI::Validator true_or_false() {
    const auto problem = [](std::string& text) -> std::string {
        bool truth = false;
        if (CLI::detail::lexical_cast(text, truth)) return {};
        return fmt::format("needs true or false, it is {}", printable(text));
    };
    return CLI::Validator(problem, "{true,false}");
}

CLI::Validator one_of(const std::vector<std::string>& names) {
    const auto problem = [names](std::string& text) -> std::string {
        if (std::ranges::find(names, text) != names.end()) return {};
        return fmt::format("needs {}, it is {}{}", joined(names, " or "), printable(text),
                           did_you_mean(text, names));
    };
    return CLI::Validator(problem, "{" + joined(names, ",") + "}");
}

}  // namespace melvit::cli
