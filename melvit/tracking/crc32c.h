#pragma once

#include <cstdint>
#include <string_view>

namespace melvit {

/// Castagnoli's checksum (polynomial 0x1EDC6F41): "123456789" gives 0xE3069283.
///
/// source  RFC 3720, B.4
std::uint32_t crc32c_of(std::string_view bytes);

/// The same, masked as in TFRecord files, where a checksum may itself be part of checksummed bytes.
///
/// source  masked_crc32c of tensorboard/compat/tensorflow_stub/pywrap_tensorflow.py
std::uint32_t masked_crc32c_of(std::string_view bytes);

}  // namespace melvit
