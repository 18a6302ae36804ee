#include "melvit/nn/product_facts.h"

#include "melvit/core/version.h"
#include "melvit/nn/attention_head.h"
#include "melvit/nn/engine.h"
#include "melvit/nn/operand.h"
#include "melvit/nn/processor.h"

#include <array>
#include <dnnl.hpp>
#include <fmt/format.h>
#include <utility>

namespace melvit::nn {
namespace {

std::string instructions() {
    using enum dnnl::cpu_isa;
    constexpr std::array<std::pair<dnnl::cpu_isa, const char*>, 10> kNames{
        {{sse41, "sse41"},
         {avx, "avx"},
         {avx2, "avx2"},
         {avx2_vnni, "avx2_vnni"},
         {avx512_mic, "avx512_mic"},
         {avx512_mic_4ops, "avx512_mic_4ops"},
         {avx512_core, "avx512_core"},
         {avx512_core_vnni, "avx512_core_vnni"},
         {avx512_core_bf16, "avx512_core_bf16"},
         {avx512_core_amx, "avx512_core_amx"}}};
    const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
    const bool prefers_ymm = dnnl::get_cpu_isa_hints() == dnnl::cpu_isa_hints::prefer_ymm;
    for (const auto& [level, name] : kNames) {
        if (level == isa) return fmt::format("{}{}", name, prefers_ymm ? " prefer_ymm" : "");
    }
    return fmt::format("level {:#x}", static_cast<unsigned>(isa));
}

std::string engine_of(Precision precision) {
    if (runs_own_products(precision)) return fmt::format("melvit {}", kVersion);
    const dnnl::version_t& version = *dnnl::version();
    return fmt::format("oneDNN {}.{}.{}", version.major, version.minor, version.patch);
}

std::string factors_of(Precision precision) {
    switch (numbers_of(precision)) {
        case Numbers::bf16:
            return "bf16 x bf16";
        case Numbers::codes8:
            return "u8 x s8";
        case Numbers::codes16:
            return "u8 x s8 in 16 bits";
        default:
            return precision == Precision::bf16 ? "bf16 x bf16 in f32" : "f32 x f32";
    }
}

}  // namespace

ProductFacts product_facts(Precision precision) {
    return {.instructions = instructions(),
            .engine = engine_of(precision),
            .factors = factors_of(precision),
            .attention_factors = attention_factors(precision) == Precision::bf16 ? "bf16" : "f32"};
}

}  // namespace melvit::nn
