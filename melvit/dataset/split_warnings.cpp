#include "melvit/dataset/split_warnings.h"

#include "melvit/core/text.h"
#include "melvit/dataset/song_pieces.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <string_view>

namespace melvit {
namespace {

/// Below this many test tracks the 95 % interval of a genre's recall is wider than 50 points (Wilson 1927).
constexpr std::size_t kFewTestTracks = 10;
/// With fewer than these even the order of two models is mostly chance.
constexpr std::size_t kTooFewTestTracks = 30;
constexpr std::size_t kTooFewOfAGenre = 3;

/// The tracks of each genre in a subset.
std::vector<std::size_t> count_genres(const FeatureTable& table, const std::set<std::size_t>& tracks) {
    std::vector<std::size_t> counts(table.genres.size());
    for (const std::size_t track : tracks) ++counts[table.labels[track]];
    return counts;
}

std::set<std::size_t> tested_tracks(std::span<const Split> splits) {
    std::set<std::size_t> tested;
    for (const Split& split : splits) tested.insert(split.test.begin(), split.test.end());
    return tested;
}

/// "blues", "blues, jazz and 3 more".
std::string some_of(const std::vector<std::string>& names) {
    constexpr std::size_t kMost = 4;
    if (names.size() <= kMost) return joined(names);
    return fmt::format("{} and {} more", joined(std::span(names).first(kMost)), names.size() - kMost);
}

/// "1 genre has", "3 genres have".
std::string genres_have(std::size_t count) {
    return count == 1 ? "1 genre has" : fmt::format("{} genres have", count);
}

/// What is missing in the subsets that train and validate, in the split where most is.
void warn_of_missing_genres(const FeatureTable& table, std::span<const Split> splits,
                            std::vector<std::string>& warnings) {
    const auto most_missing = [&](std::vector<std::size_t> Split::*subset) {
        std::vector<std::string> most;
        for (const Split& split : splits) {
            const std::vector<std::size_t>& tracks = split.*subset;
            const auto counts = count_genres(table, {tracks.begin(), tracks.end()});
            std::vector<std::string> missing;
            for (std::size_t g = 0; g < counts.size(); ++g) {
                if (counts[g] == 0) missing.push_back(table.genres[g]);
            }
            if (missing.size() > most.size()) most = std::move(missing);
        }
        return most;
    };
    if (const auto missing = most_missing(&Split::train); !missing.empty()) {
        warnings.push_back(fmt::format("{} no training track, so the model cannot name {}: {}",
                                       genres_have(missing.size()), missing.size() == 1 ? "it" : "them",
                                       some_of(missing)));
    }
    if (const auto missing = most_missing(&Split::validation); !missing.empty()) {
        warnings.push_back(fmt::format("{} no validation track, so the epoch is chosen without {}: {}",
                                       genres_have(missing.size()), missing.size() == 1 ? "it" : "them",
                                       some_of(missing)));
    }
}

void warn_of_few_test_tracks(const FeatureTable& table, const std::set<std::size_t>& tested,
                             std::vector<std::string>& warnings) {
    const std::vector<std::size_t> counts = count_genres(table, tested);
    std::vector<std::string> untested;
    for (std::size_t g = 0; g < counts.size(); ++g) {
        if (counts[g] == 0) untested.push_back(table.genres[g]);
    }
    const auto few = static_cast<std::size_t>(
        std::ranges::count_if(counts, [](std::size_t count) { return count < kFewTestTracks; }));
    const auto fewest = std::ranges::min_element(counts);
    const std::string& rarest = table.genres[static_cast<std::size_t>(fewest - counts.begin())];
    if (tested.size() < kTooFewTestTracks || tested.size() < kTooFewOfAGenre * counts.size()) {
        warnings.push_back(
            fmt::format("the data are too few to measure with: {} test track{} for {} genres{}, where each "
                        "genre needs {}",
                        tested.size(), tested.size() == 1 ? "" : "s", counts.size(),
                        untested.empty() ? "" : fmt::format(", {} of them without any", untested.size()),
                        kFewTestTracks));
        return;
    }
    if (!untested.empty()) {
        warnings.push_back(fmt::format("{} no test track, so nothing is measured of {}: {}",
                                       genres_have(untested.size()), untested.size() == 1 ? "it" : "them",
                                       some_of(untested)));
    } else if (few > 0) {
        warnings.push_back(fmt::format(
            "{} of {} genres have fewer than {} test tracks (the fewest: {}, {}), so figures of a single "
            "genre are uncertain by tens of points",
            few, counts.size(), kFewTestTracks, rarest, *fewest));
    }
}

/// How many groups, and tracks in them, lie in several subsets of one of the splits: of that with most.
std::pair<std::size_t, std::size_t> straddling(const std::vector<TrackGroup>& groups,
                                               std::span<const Split> splits, std::size_t tracks) {
    std::pair<std::size_t, std::size_t> most{0, 0};
    for (const Split& split : splits) {
        std::vector<int> subset(tracks, 0);  // 0: in none
        for (const std::size_t track : split.train) subset[track] = 1;
        for (const std::size_t track : split.validation) subset[track] = 2;
        for (const std::size_t track : split.test) subset[track] = 3;
        std::pair<std::size_t, std::size_t> found{0, 0};
        for (const TrackGroup& group : groups) {
            std::set<int> subsets;
            for (const std::size_t track : group) subsets.insert(subset[track]);
            subsets.erase(0);
            if (subsets.size() < 2) continue;
            ++found.first;
            found.second += group.size();
        }
        most = std::max(most, found);
    }
    return most;
}

/// Tracks of the same bytes or the same sound, two or more each.
std::vector<TrackGroup> duplicates(const FeatureTable& table) {
    FeatureTable digests;  // without names, so that a song beside its WAV is no duplicate here
    digests.labels = table.labels;
    digests.file_sha256 = table.file_sha256;
    digests.sound_sha256 = table.sound_sha256;
    std::vector<TrackGroup> groups = group_tracks(digests, GroupingRules{});
    std::erase_if(groups, [](const TrackGroup& group) { return group.size() < 2; });
    return groups;
}

}  // namespace

std::vector<std::string> split_warnings(const FeatureTable& table, std::span<const Split> splits) {
    std::vector<std::string> warnings;
    warn_of_missing_genres(table, splits, warnings);
    warn_of_few_test_tracks(table, tested_tracks(splits), warnings);
    const std::vector<TrackGroup> pieces = song_pieces(table);
    if (const auto [songs, tracks] = straddling(pieces, splits, table.tracks()); songs > 0) {
        const TrackGroup& first = pieces.front();
        warnings.push_back(fmt::format(
            "{} tracks look like pieces of {} song{} or album{} ({}, {}) that lie in several subsets: the "
            "test "
            "then measures memory; an artist column with the song's name and --split grouped:SEED keep them "
            "together",
            tracks, songs, songs == 1 ? "" : "s", songs == 1 ? "" : "s", table.files[first[0]],
            table.files[first[1]]));
    }
    if (const auto [groups, tracks] = straddling(duplicates(table), splits, table.tracks()); groups > 0) {
        warnings.push_back(
            fmt::format("{} tracks have the bytes or the sound of a track in another subset: the test then "
                        "measures memory",
                        tracks));
    }
    return warnings;
}

std::string duplicates_text(const FeatureTable& table) {
    std::size_t repeats = 0;
    std::size_t of_bytes = 0;
    for (const TrackGroup& group : duplicates(table)) {
        std::set<std::string_view> files;
        for (const std::size_t track : group) files.insert(table.file_sha256[track]);
        repeats += group.size() - 1;
        of_bytes += group.size() - files.size();
    }
    if (repeats == 0) return "";
    return fmt::format("{} of {} tracks repeat{} another one: {} by {} bytes, {} by {} sound alone", repeats,
                       table.tracks(), repeats == 1 ? "s" : "", of_bytes, of_bytes == 1 ? "its" : "their",
                       repeats - of_bytes, repeats - of_bytes == 1 ? "its" : "their");
}

}  // namespace melvit
