#pragma once

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace melvit::test {

/// While it lives permissions of files hold for this thread, also where root runs the tests: without its
/// right to override them root is held by those of its own files.
class HeldByPermissions {
public:
    HeldByPermissions() {
        ::syscall(SYS_capget, &header_, before_);
        __user_cap_data_struct held[2] = {before_[0], before_[1]};
        held[0].effective &= ~((1U << CAP_DAC_OVERRIDE) | (1U << CAP_DAC_READ_SEARCH));
        ::syscall(SYS_capset, &header_, held);
    }
    ~HeldByPermissions() { ::syscall(SYS_capset, &header_, before_); }
    HeldByPermissions(const HeldByPermissions&) = delete;
    HeldByPermissions& operator=(const HeldByPermissions&) = delete;

private:
    __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct before_[2]{};
};

}  // namespace melvit::test
