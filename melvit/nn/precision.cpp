#include "melvit/nn/precision.h"

#include "melvit/core/error.h"

#include <fmt/format.h>

namespace melvit {

std::string_view name_of(Precision precision) {
    switch (precision) {
        case Precision::bf16:
            return "bf16";
        case Precision::int8:
            return "int8";
        default:
            return "fp32";
    }
}

Precision precision_of(const std::string& name) {
    for (const Precision precision : kPrecisions) {
        if (name == name_of(precision)) return precision;
    }
    throw Error("precision", "needs fp32, bf16 or int8", fmt::format("it is \"{}\"", name));
}

}  // namespace melvit
