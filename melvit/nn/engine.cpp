#include "melvit/nn/engine.h"

#include "melvit/nn/processor.h"

namespace melvit::nn {
namespace {

/// Whether our own products are the fastest: with 32 registers of 16 floats they are; with fewer and smaller
/// ones oneDNN's are, where it has any.
bool panels_are_fastest(Precision precision) {
#if defined(__AVX512F__)
    if (this_processor().avx512) return true;
#endif
    return numbers_of(precision) == Numbers::codes16;
}

}  // namespace

std::unique_ptr<const LinearEngine> make_engine(const LinearWeights& weights, After after,
                                                Precision precision) {
    if (panels_are_fastest(precision)) {
        if (auto engine = make_panel_engine(weights, after, precision)) return engine;
    }
    return make_onednn_engine(weights, after, precision);
}

}  // namespace melvit::nn
