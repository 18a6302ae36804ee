#include "melvit/tracking/crc32c.h"

#include <array>

namespace melvit {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t rest = byte;
        for (int bit = 0; bit < 8; ++bit) {
            rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? 0x82F63B78U : 0U);  // the polynomial, lowest bit first
        }
        table[byte] = rest;
    }
    return table;
}

constexpr std::array<std::uint32_t, 256> kTable = make_table();

}  // namespace

std::uint32_t crc32c_of(std::string_view bytes) {
    std::uint32_t rest = 0xFFFFFFFFU;
    for (const char c : bytes) rest = (rest >> 8U) ^ kTable[(rest ^ static_cast<unsigned char>(c)) & 0xFFU];
    return ~rest;
}

std::uint32_t masked_crc32c_of(std::string_view bytes) {
    const std::uint32_t crc = crc32c_of(bytes);
    return ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U;
}

}  // namespace melvit
