#include "melvit/spectrum/picture_codec.h"

#include "melvit/core/error.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace melvit {
namespace {

bool starts_with(std::span<const std::byte> bytes, std::span<const std::uint8_t> signature) {
    return bytes.size() >= signature.size() &&
           std::equal(signature.begin(), signature.end(), bytes.begin(),
                      [](std::uint8_t expected, std::byte found) { return std::byte{expected} == found; });
}

}  // namespace

PictureFormat picture_format(std::span<const std::byte> start) {
    constexpr std::array<std::uint8_t, 8> kPng{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    constexpr std::array<std::uint8_t, 3> kJpeg{0xFF, 0xD8, 0xFF};
    if (starts_with(start, kPng)) return PictureFormat::png;
    if (starts_with(start, kJpeg)) return PictureFormat::jpeg;
    return PictureFormat::other;
}

std::string picture_readers() {
    return fmt::format("{}, {}", jpeg_reader(), png_reader());
}

void check_picture_size(std::uint64_t width, std::uint64_t height, const std::filesystem::path& file) {
    if (width >= 1 && height >= 1 && width <= kLongestSide && height <= kLongestSide &&
        width * height <= kMostPixels) {
        return;
    }
    throw Error(file,
                fmt::format("needs at most {} pixels on a side and {} in all", kLongestSide, kMostPixels),
                fmt::format("it has {} x {}", width, height));
}

}  // namespace melvit
