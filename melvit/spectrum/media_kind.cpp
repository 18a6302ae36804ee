#include "melvit/spectrum/media_kind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace melvit {
namespace {

constexpr std::array<std::string_view, 3> kPictures = {".png", ".jpg", ".jpeg"};

// What kContainers of audio/formats.cpp opens, by the endings in use.
constexpr std::array<std::string_view, 46> kSongs = {
    ".mp3",  ".wav", ".flac", ".m4a", ".aac", ".ogg", ".oga",  ".opus", ".au",  ".snd",  ".aif",  ".aiff",
    ".aifc", ".wma", ".asf",  ".wv",  ".ape", ".mpc", ".tta",  ".tak",  ".mka", ".webm", ".mp4",  ".mp2",
    ".mp1",  ".ac3", ".eac3", ".dts", ".caf", ".w64", ".rf64", ".spx",  ".dsf", ".dff",  ".alac", ".amr",
    ".m4b",  ".mkv", ".ra",   ".rm",  ".shn", ".oma", ".vqf",  ".voc",  ".adx", ".gsm"};

}  // namespace

MediaKind media_kind(const std::filesystem::path& file) {
    if (file.filename().string().starts_with('.')) return MediaKind::other;
    std::string ending = file.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto holds = [&](const auto& list) {
        return std::find(list.begin(), list.end(), ending) != list.end();
    };
    if (holds(kPictures)) return MediaKind::picture;
    return holds(kSongs) ? MediaKind::song : MediaKind::other;
}

}  // namespace melvit
