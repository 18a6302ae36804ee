#pragma once

#include <string>

namespace melvit::test {

inline constexpr int kMp3FrameSamples = 1152;
inline constexpr int kMp3RateHz = 44100;

/// A frame of MPEG-1 Layer III, mono, 44.1 kHz, 64 kbit/s: the lowest line of the transform, up in one granule and down in the other,
/// or silence.
///
/// source  ISO/IEC 11172-3, sections 2.4.1 and 2.4.2; its table 1 of codes has (1, 0) as "01"
inline std::string mp3_frame(bool with_sound = true) {
    constexpr std::size_t kFrameBytes = 208;  // 144 * 64000 / 44100
    constexpr unsigned kPair = 0b010;         // (1, 0) and the sign
    constexpr unsigned kPairBits = 3;
    std::string bits;
    const auto put = [&](unsigned value, unsigned count) {
        while (count-- > 0) bits.push_back((value >> count & 1U) != 0 ? '1' : '0');
    };
    put(0xFFFB, 16);    // sync, MPEG 1, Layer III, no check sum
    put(0x50, 8);       // 64 kbit/s, 44.1 kHz, no padding
    put(0xC0, 8);       // mono
    put(0, 9 + 5 + 4);  // main data begins here; private bits; each granule has scale factors of its own
    for (int granule = 0; granule < 2; ++granule) {
        put(with_sound ? kPairBits : 0, 12);  // length of its main data
        put(with_sound ? 1 : 0, 9);           // pairs of large values
        put(200, 8);                          // gain
        put(0, 4 + 1);                        // no bits for scale factors; a long block
        put(1, 5);                            // the table of each of three regions
        put(0, 5 + 5);
        put(0, 4 + 3 + 1 + 1 + 1);  // sizes of the regions, preflag, scale, table of small values
    }
    for (int granule = 0; with_sound && granule < 2; ++granule)
        put(kPair + static_cast<unsigned>(granule), kPairBits);
    bits.resize(8 * kFrameBytes, '0');
    std::string bytes;
    for (std::size_t i = 0; i < bits.size(); i += 8)
        bytes.push_back(static_cast<char>(std::stoi(bits.substr(i, 8), nullptr, 2)));
    return bytes;
}

/// So many frames of sound, one after the other.
inline std::string mp3_frames(int count) {
    std::string bytes;
    const std::string frame = mp3_frame();
    for (int i = 0; i < count; ++i) bytes += frame;
    return bytes;
}

/// An APEv2 tag of one item with a value of so many bytes.
inline std::string ape_tag(std::size_t value_bytes) {
    const auto number = [](std::size_t value) {
        std::string text;
        for (int i = 0; i < 4; ++i) text.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
        return text;
    };
    const std::string item =
        number(value_bytes) + number(0) + std::string("Cover\0", 6) + std::string(value_bytes, '\xFF');
    const auto block = [&](std::size_t flags) {
        return "APETAGEX" + number(2000) + number(item.size() + 32) + number(1) + number(flags) +
               std::string(8, '\0');
    };
    return block(0xA0000000) + item + block(0x80000000);
}

}  // namespace melvit::test
