#include "melvit/dataset/feature_cache.h"

#include "melvit/core/environment.h"
#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/sha256.h"

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace melvit {
namespace {

// A record: this header, the warning, the rows as little-endian floats, the SHA-256 of all that in hex.
struct Header {
    char magic[8];
    std::uint64_t images;
    std::uint64_t width;
    std::uint64_t warning_bytes;
};

// The number counts changes of the record and of what features mean; older records are then not found.
constexpr std::string_view kMagic = "melvitf2";
constexpr std::size_t kDigestBytes = 64;
constexpr std::uint64_t kLongestRecord = std::uint64_t{1} << 32U;

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// returns  nothing unless every size and the digest fit
std::optional<TrackFeatures> read_record(std::span<const std::byte> record, std::size_t width) {
    Header header;
    if (record.size() < sizeof header + kDigestBytes) return std::nullopt;
    const std::span<const std::byte> digest = record.last(kDigestBytes);
    record = record.first(record.size() - kDigestBytes);
    if (sha256_of_text(text_of(record)) != text_of(digest)) return std::nullopt;

    std::memcpy(&header, record.data(), sizeof header);
    record = record.subspan(sizeof header);
    const std::size_t row_bytes = width * sizeof(float);
    if (std::string_view(header.magic, sizeof header.magic) != kMagic || header.width != width ||
        width == 0 || header.images == 0 || header.warning_bytes > record.size() ||
        header.images != (record.size() - header.warning_bytes) / row_bytes ||
        (record.size() - header.warning_bytes) % row_bytes != 0) {
        return std::nullopt;
    }
    TrackFeatures features{Matrix(header.images, width),
                           std::string(text_of(record.first(header.warning_bytes)))};
    std::memcpy(features.rows.data(), record.data() + header.warning_bytes, header.images * row_bytes);
    return features;
}

}  // namespace

FeatureCache::FeatureCache(std::filesystem::path folder, std::string settings)
    : folder_(std::move(folder)), settings_(std::move(settings)) {}

std::filesystem::path FeatureCache::file_of(const std::string& file_sha256) const {
    Sha256 key;
    key.add(kMagic);
    key.add(file_sha256);
    key.add(settings_);
    const std::string name = key.hex();
    return folder_ / "features" / name.substr(0, 2) / name.substr(2);
}

std::optional<TrackFeatures> FeatureCache::find(const std::string& file_sha256, std::size_t width) const {
    if (folder_.empty()) return std::nullopt;
    try {
        return read_record(read_file(file_of(file_sha256), kLongestRecord), width);
    } catch (const Error&) {
        return std::nullopt;  // most often: there is none yet
    }
}

void FeatureCache::store(const std::string& file_sha256, const TrackFeatures& features) const {
    if (folder_.empty()) return;
    Header header{{}, features.rows.rows(), features.rows.columns(), features.warning.size()};
    std::memcpy(header.magic, kMagic.data(), sizeof header.magic);
    const std::span<const std::byte> pieces[] = {std::as_bytes(std::span(&header, 1)),
                                                 std::as_bytes(std::span(features.warning)),
                                                 std::as_bytes(features.rows.values())};
    const std::filesystem::path target = file_of(file_sha256);
    make_folder(target.parent_path());
    DurableFile file(target);
    Sha256 digest;
    for (const std::span<const std::byte> piece : pieces) {
        file.write(piece);
        digest.add(piece);
    }
    file.write(digest.hex());
    file.commit_unsynced();  // a wait for the disk takes longer than a small body; the digest finds damage
}

std::filesystem::path FeatureCache::sound_digest_file(const std::string& file_sha256) const {
    return folder_ / "packets" / file_sha256.substr(0, 2) / file_sha256.substr(2);
}

std::optional<std::string> FeatureCache::find_sound_digest(const std::string& file_sha256) const {
    if (folder_.empty()) return std::nullopt;
    try {
        std::string digest = read_text_file(sound_digest_file(file_sha256));
        if (digest.size() == kDigestBytes) return digest;
    } catch (const Error&) {
    }
    return std::nullopt;  // most often: there is none yet
}

void FeatureCache::store_sound_digest(const std::string& file_sha256, const std::string& digest) const {
    if (folder_.empty()) return;
    const std::filesystem::path target = sound_digest_file(file_sha256);
    make_folder(target.parent_path());
    DurableFile file(target);
    file.write(digest);
    file.commit_unsynced();
}

std::filesystem::path default_cache_folder() {
    if (auto folder = environment_path("MELVIT_CACHE"); !folder.empty()) return folder;
    if (auto folder = environment_path("XDG_CACHE_HOME"); !folder.empty()) return folder / "melvit";
    if (auto folder = environment_path("HOME"); !folder.empty()) return folder / ".cache" / "melvit";
    return {};
}

}  // namespace melvit
