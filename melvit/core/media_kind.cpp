#include "melvit/core/media_kind.h"

#include "melvit/core/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace melvit {
namespace {

// Sound by the endings in use, also what audio/formats.cpp refuses: such a file in a folder is named, not passed over.
constexpr std::array<std::string_view, 46> kSongs = {
    ".mp3",  ".wav", ".flac", ".m4a", ".aac", ".ogg", ".oga",  ".opus", ".au",  ".snd",  ".aif",  ".aiff",
    ".aifc", ".wma", ".asf",  ".wv",  ".ape", ".mpc", ".tta",  ".tak",  ".mka", ".webm", ".mp4",  ".mp2",
    ".mp1",  ".ac3", ".eac3", ".dts", ".caf", ".w64", ".rf64", ".spx",  ".dsf", ".dff",  ".alac", ".amr",
    ".m4b",  ".mkv", ".ra",   ".rm",  ".shn", ".oma", ".vqf",  ".voc",  ".adx", ".gsm"};

constexpr std::array<std::uint8_t, 8> kPngStart{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr std::array<std::uint8_t, 3> kJpegStart{0xFF, 0xD8, 0xFF};

bool starts_with(std::span<const std::byte> bytes, std::span<const std::uint8_t> signature) {
    const auto known = std::as_bytes(signature);
    return bytes.size() >= known.size() && std::ranges::equal(bytes.first(known.size()), known);
}

}  // namespace

MediaKind media_kind(const std::filesystem::path& file) {
    if (file.filename().string().starts_with('.')) return MediaKind::other;
    const std::string ending = lower_case(file.extension().string());
    if (ending == ".png") return MediaKind::png;
    if (ending == ".jpg" || ending == ".jpeg") return MediaKind::jpeg;
    return std::ranges::find(kSongs, ending) != kSongs.end() ? MediaKind::song : MediaKind::other;
}

MediaKind media_kind(const std::filesystem::path& file, std::span<const std::byte> start) {
    if (starts_with(start, kPngStart)) return MediaKind::png;
    if (starts_with(start, kJpegStart)) return MediaKind::jpeg;
    return is_picture(media_kind(file)) ? MediaKind::other : MediaKind::song;
}

}  // namespace melvit
