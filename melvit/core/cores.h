#pragma once

#include <cstddef>
#include <filesystem>

namespace melvit {

/// How many cores this process may keep busy: those that the thread which asks first may run on, but not more
/// than the time its control group is given (what `docker run --cpus` sets), rounded up; 1 or more.
///
/// source  sched_getaffinity(2); the Linux kernel's "Control Group v2", cpu.max
std::size_t usable_cores();

/// The least of the times that a control group and the groups above it are given, in cores, above 0; infinity
/// where no limit is given or can be read.
///
/// root   where control groups are mounted: /sys/fs/cgroup
/// group  a path below it, as in /proc/self/cgroup: "/" or "/user.slice/job"
double cores_of_group(const std::filesystem::path& root, const std::filesystem::path& group);

}  // namespace melvit
