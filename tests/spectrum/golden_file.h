#pragma once

#include "melvit/core/safetensors.h"
#include "melvit/spectrum/picture.h"

#include "tests/support/test_files.h"

#include <cstring>
#include <string>
#include <vector>

namespace melvit::test {

/// tests/golden/spectrum.safetensors, made by tools/make_golden_spectrum.py.
inline const SafetensorsFile& spectrum_golden() {
    static const SafetensorsFile file(golden("spectrum.safetensors"));
    return file;
}

/// The part of a tensor's name before its last dot, for all names of the form <prefix>...<suffix>.
inline std::vector<std::string> golden_cases(const std::string& prefix, const std::string& suffix) {
    std::vector<std::string> cases;
    for (const auto& [name, tensor] : spectrum_golden().tensors()) {
        if (name.starts_with(prefix) && name.ends_with(suffix)) {
            cases.push_back(name.substr(0, name.size() - suffix.size()));
        }
    }
    return cases;
}

/// The elements of a tensor of integers.
template <class T>
std::vector<T> golden_integers(const std::string& name) {
    const std::span<const std::byte> bytes = spectrum_golden().at(name).bytes;
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

/// The bytes of a file that stands in a tensor.
inline std::string golden_bytes(const std::string& name) {
    const std::vector<char> bytes = golden_integers<char>(name);
    return {bytes.begin(), bytes.end()};
}

/// The picture that tools/make_golden_spectrum.py gives torchvision.
inline Picture picture_by_rule(int width, int height) {
    Picture picture{width, height, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            for (int c = 0; c < 3; ++c) {
                picture.rgb.push_back(
                    static_cast<std::uint8_t>((3 * x * x + 5 * y * y + 7 * x * y + 97 * c) / 4 % 256));
            }
        }
    }
    return picture;
}

}  // namespace melvit::test
