#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace melvit {

/// What extraction makes of one file.
struct TrackFeatures {
    Matrix rows;          ///< [images x width]
    std::string warning;  ///< empty, or what of the file could not be decoded
};

/// Features on disk, a small file a track, found by all that they depend on. A file appears whole or not at
/// all, so processes may share a folder and may be killed; what is damaged counts as missing.
class FeatureCache {
public:
    /// folder    made when the first features are stored; empty = a cache that holds nothing
    /// settings  all that features depend on besides the file: front end, features, body, numeric
    ///           identity
    FeatureCache(std::filesystem::path folder, std::string settings);

    /// file_sha256  of the track's bytes
    /// width        that the features must have
    /// returns      nothing when they are missing or damaged
    std::optional<TrackFeatures> find(const std::string& file_sha256, std::size_t width) const;

    /// throws  Error when the folder cannot be written, e.g. because the disk is full; so the other `store`
    void store(const std::string& file_sha256, const TrackFeatures& features) const;

    /// packet_digest of a song (audio/packet_digest.h), so that the same sound under other tags is known again; it
    /// depends on no settings.
    ///
    /// returns  nothing when there is none yet
    std::optional<std::string> find_sound_digest(const std::string& file_sha256) const;
    void store_sound_digest(const std::string& file_sha256, const std::string& digest) const;

    /// Where a track's features lie: two levels of folders, so that none grows too large.
    std::filesystem::path file_of(const std::string& file_sha256) const;

private:
    std::filesystem::path sound_digest_file(const std::string& file_sha256) const;

    std::filesystem::path folder_;
    std::string settings_;
};

/// $MELVIT_CACHE, else $XDG_CACHE_HOME/melvit, else ~/.cache/melvit; empty when none of these is set.
std::filesystem::path default_cache_folder();

}  // namespace melvit
