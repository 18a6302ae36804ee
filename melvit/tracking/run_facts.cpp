#include "melvit/tracking/run_facts.h"

#include "melvit/core/version.h"

#include <algorithm>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/utsname.h>

namespace melvit {
namespace {

std::string processor_name() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
    }
    return "unknown";
}

/// The command line of this process, its words parted by spaces.
std::string command_line() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    std::string command{std::istreambuf_iterator<char>(file), {}};
    if (!command.empty() && command.back() == '\0') command.pop_back();
    std::ranges::replace(command, '\0', ' ');
    return command;
}

}  // namespace

nlohmann::ordered_json run_facts(std::size_t threads) {
    utsname system{};
    uname(&system);
    return {{"melvit", std::string(kVersion)},
            {"commit", std::string(kCommit)},
            {"command", command_line()},
            {"time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
            {"processor", processor_name()},
            {"threads", threads},
            {"host", std::string(system.nodename)},
            {"system", fmt::format("{} {} {}", system.sysname, system.release, system.machine)}};
}

}  // namespace melvit
