#pragma once

#include "melvit/core/context.h"
#include "melvit/nn/precision.h"
#include "melvit/vit/body.h"

#include <cstddef>

namespace melvit {

/// How fast a body turns images into features on this machine.
struct Throughput {
    double images_per_second = 0;
    double gflops = 0;  ///< 10^9 operations a second, of flops_of_image
    /// what the registers can do at most in this precision, of as many cores as threads use at a time
    double peak_gflops = 0;
    /// least cosine between the features of an image in this precision and in fp32
    double cosine_to_fp32 = 0;
};

/// Operations (a multiply-add is two) of one image through all blocks of a ViT: its products, nothing else.
double flops_of_image(const VitConfig& config);

/// Compares plain_features of random images with those of fp32, then measures batches for about two
/// seconds.
///
/// batch   1 or more images
/// throws  Error when the features are further from fp32's than the precision's tolerance, or a batch gives
///         others than its images one by one; Stopped
Throughput measure_throughput(const Body& body, Precision precision, std::size_t batch,
                              const Context& context = {});

}  // namespace melvit
