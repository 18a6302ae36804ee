#include "melvit/nn/precision_formats.h"

namespace melvit::nn {
namespace {

bool has_fast_bf16() {
    const kernels::Kernels& table = kernels::kernels();
    const bool has_any = table.multiply[static_cast<std::size_t>(ElementFormat::bf16)] != nullptr;
    return has_any && (table.level == IsaLevel::amx || bf16_steps_pay());
}

bool has_vnni() {
    return kernels::kernels().multiply[static_cast<std::size_t>(ElementFormat::u8)] != nullptr;
}

}  // namespace

ElementFormat format_of(Precision precision) {
    switch (precision) {
        case Precision::bf16:
            return has_fast_bf16() ? ElementFormat::bf16 : ElementFormat::f32;
        case Precision::int8:
            return has_vnni() ? ElementFormat::u8 : ElementFormat::s16;
        default:
            return ElementFormat::f32;
    }
}

ElementFormat attention_format(Precision precision) {
    return precision != Precision::fp32 && has_fast_bf16() ? ElementFormat::bf16 : ElementFormat::f32;
}

std::vector<Precision> fast_precisions() {
    std::vector<Precision> fast;
    if (has_vnni() || s16_steps_pay()) fast.push_back(Precision::int8);
    if (has_fast_bf16()) fast.push_back(Precision::bf16);
    return fast;
}

}  // namespace melvit::nn
