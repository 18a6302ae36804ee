#include "melvit/core/error.h"
#include "melvit/core/safetensors.h"
#include "melvit/core/text.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <fmt/format.h>

namespace melvit {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor files hold little-endian numbers");

// bfloat16 is the upper half of a float.
float float_of_bf16(std::uint16_t half) {
    return std::bit_cast<float>(std::uint32_t{half} << 16U);
}

/// source  IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits
float float_of_f16(std::uint16_t half) {
    const std::uint32_t sign = (half & 0x8000U) << 16U;
    const std::uint32_t exponent = (half >> 10U) & 0x1FU;
    const std::uint32_t fraction = half & 0x3FFU;
    if (exponent == 0) {  // zero or subnormal: fraction * 2^-24 is exact
        const float magnitude = static_cast<float>(fraction) * 0x1.0p-24F;
        return sign != 0 ? -magnitude : magnitude;
    }
    if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | (fraction << 13U));
    return std::bit_cast<float>(sign | ((exponent + 112U) << 23U) | (fraction << 13U));
}

/// Converts element by element; the bytes need not be aligned.
template <class Stored, class Convert>
void convert(std::span<const std::byte> bytes, std::span<float> floats, Convert to_float) {
    for (std::size_t i = 0; i < floats.size(); ++i) {
        Stored value;
        std::memcpy(&value, bytes.data() + i * sizeof(Stored), sizeof(Stored));
        floats[i] = to_float(value);
    }
}

struct ElementTypeFacts {
    std::string_view name;
    std::size_t bytes;
};

// In the order of ElementType.
constexpr std::array<ElementTypeFacts, 16> kElementTypes{{{"F64", 8},
                                                          {"F32", 4},
                                                          {"F16", 2},
                                                          {"BF16", 2},
                                                          {"I64", 8},
                                                          {"I32", 4},
                                                          {"I16", 2},
                                                          {"I8", 1},
                                                          {"U8", 1},
                                                          {"BOOL", 1},
                                                          {"U64", 8},
                                                          {"U32", 4},
                                                          {"U16", 2},
                                                          {"F8_E4M3", 1},
                                                          {"F8_E5M2", 1},
                                                          {"C64", 8}}};

}  // namespace

std::string_view element_type_name(ElementType type) {
    return kElementTypes[static_cast<std::size_t>(type)].name;
}

std::size_t element_bytes(ElementType type) {
    return kElementTypes[static_cast<std::size_t>(type)].bytes;
}

std::string shape_text(const std::vector<std::size_t>& shape) {
    return fmt::format("[{}]", joined(shape, " x "));
}

std::optional<std::size_t> checked_product(std::span<const std::size_t> shape) {
    std::size_t product = 1;
    for (const std::size_t dimension : shape) {
        if (__builtin_mul_overflow(product, dimension, &product)) return std::nullopt;
    }
    return product;
}

std::size_t TensorView::element_count() const {
    return bytes.size() / element_bytes(type);
}

AlignedFloats TensorView::to_floats(std::string_view name) const {
    AlignedFloats floats(element_count());
    copy_floats(name, floats);
    return floats;
}

void TensorView::copy_floats(std::string_view name, std::span<float> floats) const {
    assert(floats.size() == element_count());
    switch (type) {
        case ElementType::f32:
            // memcpy wants no null pointer, which an empty tensor has.
            if (!floats.empty()) std::memcpy(floats.data(), bytes.data(), bytes.size());
            return;
        case ElementType::f64:
            return convert<double>(bytes, floats, [](double value) { return static_cast<float>(value); });
        case ElementType::f16:
            return convert<std::uint16_t>(bytes, floats, float_of_f16);
        case ElementType::bf16:
            return convert<std::uint16_t>(bytes, floats, float_of_bf16);
        default:
            throw Error(name, "needs floating-point elements",
                        std::string("it holds ") + std::string(element_type_name(type)));
    }
}

}  // namespace melvit
