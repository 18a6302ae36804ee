#pragma once

#include "melvit/vit/body.h"

#include <cstddef>

namespace melvit {

/// How fast a body turns images into features on this machine.
struct Throughput {
    double images_per_second = 0;
    double gflops = 0;          ///< 10^9 operations a second, of flops_of_image
    double peak_gflops = 0;     ///< the same of one large product on each thread: what the machine can do
    double cosine_to_fp32 = 0;  ///< least cosine between a measured feature row and the plain fp32 one
};

/// Operations (a multiply-add is two) of one image through all blocks of a ViT: its products, nothing else.
double flops_of_image(const VitConfig& config);

/// Checks the class-token features of `batch` random images against fp32 an image at a time, then measures batches for about
/// two seconds.
///
/// batch  1 or more images
Throughput measure_throughput(const Body& body, std::size_t batch);

}  // namespace melvit
