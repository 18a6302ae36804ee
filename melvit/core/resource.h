#pragma once

#include <memory>

namespace melvit {

/// A deleter that calls a C library's release function: unique_ptr<T, ReleasedBy<close>>.
template <auto release>
struct ReleasedBy {
    template <class T>
    void operator()(T* handle) const {
        release(handle);
    }
};

}  // namespace melvit
