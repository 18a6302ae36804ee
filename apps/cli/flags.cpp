#include "flags.h"

#include "melvit/core/version.h"

#include <fmt/format.h>

namespace melvit::cli {

void add_common_flags(CLI::App& verb, CommonFlags& common) {
    constexpr const char* kGroup = "Everywhere";
    verb.set_version_flag("--version", fmt::format("melvit {}", kVersion))->group(kGroup);
    verb.add_flag("--json", common.json, "one JSON document on stdout, nothing else there")->group(kGroup);
    verb.add_flag("--quiet", common.quiet, "no progress on stderr")->group(kGroup);
    verb.add_option("--threads", common.threads,
                    "threads to use; without it, one for each core that the process may use")
        ->check(CLI::Range(1, 1024))
        ->group(kGroup);
    verb.add_option("--seed", common.seed, "seed of everything random")->group(kGroup);
}

CLI::Validator number_range(double least, double most) {
    const auto problem = [least, most](std::string& text) -> std::string {
        double number = 0;
        if (CLI::detail::lexical_cast(text, number) && number >= least && number <= most) return {};
        return fmt::format("Value {} not in range {} to {}", text, least, most);
    };
    return CLI::Validator(problem, fmt::format("FLOAT in [{} - {}]", least, most));
}

}  // namespace melvit::cli
