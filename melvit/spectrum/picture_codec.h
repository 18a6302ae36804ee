#pragma once

#include "melvit/spectrum/picture.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace melvit {

inline constexpr std::uint32_t kLongestSide = 16384;       ///< pixels
inline constexpr std::uint64_t kMostPixels = 1ULL << 26U;  ///< the decoded picture is then 192 MiB

/// throws  Error with the file's name when a picture of this size is refused; called with what the header
///         says, before anything is decoded
void check_picture_size(std::uint64_t width, std::uint64_t height, const std::filesystem::path& file);

/// "libjpeg-turbo 2.1.5, libpng 1.6.39": whose decoders these are.
std::string picture_readers();
std::string jpeg_reader();
std::string png_reader();

/// A whole file, decoded.
///
/// file    its name, for errors
/// throws  Error when the bytes break the format, end early or hold a picture that is too large
Picture decode_png(std::span<const std::byte> bytes, const std::filesystem::path& file);

/// The same for JPEG: grey, YCbCr, RGB, and the inks of CMYK and YCCK, as they look without a profile.
Picture decode_jpeg(std::span<const std::byte> bytes, const std::filesystem::path& file);

}  // namespace melvit
