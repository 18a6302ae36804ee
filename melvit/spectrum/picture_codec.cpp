#include "melvit/spectrum/picture_codec.h"

#include "melvit/core/error.h"

#include <fmt/format.h>

namespace melvit {

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
