#include "melvit/dataset/sound_digest.h"

#include "melvit/audio/packet_digest.h"
#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/spectrum/media_kind.h"

#include <algorithm>
#include <optional>

namespace melvit {
namespace {

constexpr std::size_t kHexDigits = 64;

std::optional<std::string> kept_digest(const std::filesystem::path& place) {
    try {
        std::string digest = read_text_file(place);
        if (digest.size() == kHexDigits) return digest;
    } catch (const Error&) {
    }
    return std::nullopt;  // most often: there is none yet
}

}  // namespace

std::string sound_digest(const std::filesystem::path& file, const std::string& file_sha256,
                         const std::filesystem::path& cache_folder, const Context& context) {
    if (media_kind(file) == MediaKind::picture || file_sha256.size() != kHexDigits) return "";
    const bool keeps = !cache_folder.empty();
    const std::filesystem::path place =
        cache_folder / "packets" / file_sha256.substr(0, 2) / file_sha256.substr(2);
    if (keeps) {
        if (auto digest = kept_digest(place)) return *std::move(digest);
    }
    std::string digest;
    try {
        digest = packet_digest(file, context);
    } catch (const Error&) {
        return "";  // decoding says what is wrong with it
    }
    try {
        if (keeps) {
            make_folder(place.parent_path());
            DurableFile kept(place);
            kept.write(digest);
            kept.commit_unsynced();
        }
    } catch (const Error&) {
        // The features' own cache says that the folder cannot be written.
    }
    return digest;
}

}  // namespace melvit
