#include "melvit/dataset/identity.h"

#include "melvit/audio/decode.h"
#include "melvit/core/build_target.h"
#include "melvit/nn/product_facts.h"
#include "melvit/spectrum/picture_codec.h"

#include <fmt/format.h>
#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

namespace melvit {
namespace {

std::string libm() {
#if defined(__GLIBC__)
    return fmt::format("glibc {}", ::gnu_get_libc_version());
#else
    return "unknown";
#endif
}

}  // namespace

NumericIdentity numeric_identity(Precision precision) {
    const nn::ProductFacts products = nn::product_facts(precision);
    const AudioFacts audio = audio_facts();
    return {.precision = std::string(name_of(precision)),
            .device = "cpu",
            .instructions = products.instructions,
            .engine = products.engine,
            .factors = products.factors,
            .attention_factors = products.attention_factors,
            .build = build_text(),
            .libm = libm(),
            .decoder = audio.decoder,
            .resampler = audio.resampler,
            .pictures = picture_readers()};
}

}  // namespace melvit
