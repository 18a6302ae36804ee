// Bytes of any kind as a picture file: an Error, or a picture of the size that its header says and an image
// of it.

#include "melvit/core/error.h"
#include "melvit/spectrum/image.h"
#include "melvit/spectrum/picture.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
    try {
        const melvit::Picture picture =
            melvit::read_picture({std::as_bytes(std::span(bytes, count)), "picture"});
        const auto pixels =
            static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
        if (picture.rgb.size() != 3 * pixels || pixels == 0) std::abort();
        const melvit::Crop crop{picture.width / 2 - 100, picture.height / 2 - 50, 200, 100};
        for (const float value : melvit::to_image(picture, crop, {}).values) {
            if (!std::isfinite(value)) std::abort();
        }
    } catch (const melvit::Error&) {
    }
    return 0;
}
