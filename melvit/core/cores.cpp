#include "melvit/core/cores.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sched.h>
#include <string>
#include <string_view>
#include <thread>

namespace melvit {
namespace {

namespace fs = std::filesystem;

std::size_t allowed_cores() {
    cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        return static_cast<std::size_t>(CPU_COUNT(&allowed));
    return std::thread::hardware_concurrency();  // more than a cpu_set_t has room for
}

/// This process's group of version 2; the root where the system says nothing.
fs::path own_group() {
    constexpr std::string_view kVersion2 = "0::";
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        if (line.starts_with(kVersion2)) return line.substr(kVersion2.size());
    }
    return "/";
}

/// cpu.max is "QUOTA PERIOD", both in microseconds, or "max PERIOD".
double cores_of_one(const fs::path& folder) {
    std::ifstream file(folder / "cpu.max");
    double quota = 0;
    double period = 0;
    if (file >> quota >> period && quota > 0 && period > 0) return quota / period;
    return std::numeric_limits<double>::infinity();
}

}  // namespace

double cores_of_group(const fs::path& root, const fs::path& group) {
    double least = cores_of_one(root);
    fs::path folder = root;
    for (const fs::path& name : group.relative_path()) least = std::min(least, cores_of_one(folder /= name));
    return least;
}

std::size_t usable_cores() {
    static const std::size_t cores = [] {
        const auto allowed = static_cast<double>(std::max<std::size_t>(1, allowed_cores()));
        const double given = std::ceil(cores_of_group("/sys/fs/cgroup", own_group()));
        return static_cast<std::size_t>(std::min(allowed, given));
    }();
    return cores;
}

}  // namespace melvit
