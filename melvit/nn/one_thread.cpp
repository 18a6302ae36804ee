#include "melvit/nn/one_thread.h"

// Of OpenMP's runtime, which Debian's oneDNN uses. Declared here because clang comes without omp.h.
extern "C" {
int omp_get_max_threads();
void omp_set_num_threads(int);
}

namespace melvit::nn {

OneThread::OneThread() : threads_before_(omp_get_max_threads()) {
    omp_set_num_threads(1);
}

OneThread::~OneThread() {
    omp_set_num_threads(threads_before_);
}

}  // namespace melvit::nn
