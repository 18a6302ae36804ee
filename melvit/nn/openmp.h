#pragma once

// Of OpenMP's runtime, in which Debian's oneDNN runs. Declared here because clang comes without omp.h.
extern "C" {
int omp_get_max_threads();
void omp_set_num_threads(int);
}
