#include "melvit/nn/engine.h"

#include "melvit/nn/processor.h"

namespace melvit::nn {

std::unique_ptr<const LinearEngine> make_engine(const LinearWeights& weights, After after,
                                                Precision precision) {
    if (precision == Precision::int8 && !this_processor().int8_products) {
        return make_code_engine(weights, after);
    }
    return make_onednn_engine(weights, after, precision);
}

}  // namespace melvit::nn
