#include "melvit/nn/engine.h"

#include "melvit/nn/matrix_unit.h"
#include "melvit/nn/processor.h"

namespace melvit::nn {
namespace {

/// Whether our own products are the fastest: with 32 registers of 16 floats they are; with fewer and smaller
/// ones oneDNN's are, where it has any, and where a matrix unit is there that the build does not know.
bool panels_are_fastest(Precision precision) {
#if defined(__AVX512F__)
    const bool misses_unit = this_processor().matrix_unit && !kBuiltForMatrixUnit;
    if (this_processor().avx512 && !(misses_unit && precision != Precision::fp32)) return true;
#endif
    return numbers_of(precision) == Numbers::codes16;
}

}  // namespace

bool runs_own_products(Precision precision) {
    const Matrix one(1, 1);
    return panels_are_fastest(precision) &&
           make_panel_engine({one, one}, After::nothing, precision) != nullptr;
}

std::unique_ptr<const LinearEngine> make_engine(const LinearWeights& weights, After after,
                                                Precision precision) {
    if (panels_are_fastest(precision)) {
        if (auto engine = make_panel_engine(weights, after, precision)) return engine;
    }
    return make_onednn_engine(weights, after, precision);
}

}  // namespace melvit::nn
