#include "melvit/nn/product_facts.h"

#include "melvit/core/version.h"
#include "melvit/nn/precision_formats.h"

#include <fmt/format.h>

namespace melvit::nn {
namespace {

std::string factors_of(Precision precision) {
    switch (format_of(precision)) {
        case ElementFormat::bf16:
            return "bf16 x bf16";
        case ElementFormat::u8:
            return "u8 x s8";
        case ElementFormat::s16:
            return "u8 x s8 in 16 bits";
        default:
            return precision == Precision::bf16 ? "bf16 x bf16 in f32" : "f32 x f32";
    }
}

}  // namespace

ProductFacts product_facts(Precision precision) {
    return {.instructions = std::string(name_of(isa_level())),
            .engine = fmt::format("melvit {}", kVersion),
            .factors = factors_of(precision),
            .attention_factors = attention_format(precision) == ElementFormat::bf16 ? "bf16" : "f32"};
}

}  // namespace melvit::nn
