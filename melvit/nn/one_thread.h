#pragma once

namespace melvit::nn {

/// While it lives, oneDNN runs on the calling thread alone. melvit spreads whole images over threads
/// (core/parallel.h); a product that split itself as well would fight for the same cores and sum in another order.
class OneThread {
public:
    OneThread();
    ~OneThread();
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

private:
    int threads_before_;
};

}  // namespace melvit::nn
