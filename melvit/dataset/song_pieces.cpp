#include "melvit/dataset/song_pieces.h"

#include "melvit/core/text.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <utility>

namespace melvit {
namespace {

enum class PieceKind { word, stretch, number };

/// A track's name taken apart.
struct PieceName {
    PieceKind kind{};
    std::string song;  ///< its folder and what its pieces have in common
    long number = 0;   ///< of the piece; the second at which a stretch begins
    long end = 0;      ///< the second at which a stretch ends
};

/// Pieces that may be of one song.
struct Pieces {
    PieceKind kind{};
    TrackGroup tracks;
    std::set<long> numbers, ends;
};

/// Letters, digits and other characters than those that separate words.
std::string bare(const std::string& text) {
    std::string kept;
    std::ranges::copy_if(text, std::back_inserter(kept),
                         [](char c) { return std::string_view(" ._-()[]#,").find(c) == std::string::npos; });
    return kept;
}

long number_of(const std::string& digits) {
    long number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

/// A name that is numbered like a piece; nothing for other names.
///
/// genre  in lower case, bare
std::optional<PieceName> piece_name(const std::filesystem::path& file, const std::string& genre) {
    static const std::regex kWord(
        "(|.*[^a-z])(?:part|pt|chunk|segment|seg|clip|piece|slice|window|excerpt|snippet|fragment|frag|"
        "section)"
        "[ ._#-]*([0-9]{1,6})(|[^0-9].*)");
    static const std::regex kStretch("(.*[ ._(-])([0-9]{1,6})s?[_-]([0-9]{1,6})s?\\)?");
    static const std::regex kNumber("(|.*[ ._(#-])([0-9]{1,6})\\)?");
    const std::string name = lower_case(file.stem().string());
    const std::string folder = lower_case(file.parent_path().string());
    std::smatch match;
    PieceName piece;
    std::string song;
    if (std::regex_match(name, match, kWord)) {
        song = bare(match.str(1) + match.str(3));
        piece = {PieceKind::word, "", number_of(match.str(2)), 0};
    } else if (std::regex_match(name, match, kStretch) && number_of(match.str(2)) < number_of(match.str(3))) {
        song = bare(match.str(1));
        piece = {PieceKind::stretch, "", number_of(match.str(2)), number_of(match.str(3))};
    } else if (std::regex_match(name, match, kNumber)) {
        song = bare(match.str(1));
        piece = {PieceKind::number, "", number_of(match.str(2)), 0};
    } else {
        return std::nullopt;
    }
    const std::string whole = song.empty() ? bare(lower_case(file.parent_path().filename().string())) : song;
    if (whole == genre) return std::nullopt;
    piece.song = folder + '/' + song;
    return piece;
}

/// Whether numbers begin at 0 or 1 and leave out few.
bool begins_again(const std::set<long>& numbers) {
    return *numbers.begin() <= 1 && *numbers.rbegin() <= 2 * static_cast<long>(numbers.size());
}

/// Whether one stretch of time goes on where another ends.
bool goes_on(const Pieces& pieces) {
    return std::ranges::any_of(pieces.numbers, [&](long start) { return pieces.ends.contains(start); });
}

/// Of one genre, by kind and song.
using Songs = std::map<std::pair<PieceKind, std::string>, Pieces>;

/// Those songs of a genre that are in pieces.
void add_songs_in_pieces(const Songs& songs, std::vector<TrackGroup>& groups) {
    std::vector<TrackGroup> numbered;
    for (const auto& [key, pieces] : songs) {
        if (pieces.tracks.size() < 2) continue;
        if (pieces.kind == PieceKind::word || (pieces.kind == PieceKind::stretch && goes_on(pieces))) {
            groups.push_back(pieces.tracks);
        } else if (pieces.kind == PieceKind::number && begins_again(pieces.numbers)) {
            numbered.push_back(pieces.tracks);
        }
    }
    // A single one is as likely the numbering of the whole genre.
    if (numbered.size() > 1) groups.insert(groups.end(), numbered.begin(), numbered.end());
}

}  // namespace

std::vector<TrackGroup> song_pieces(const FeatureTable& table) {
    std::vector<Songs> songs(table.genres.size());
    std::map<std::string, std::set<std::string>> genres_of_name;
    std::vector<std::string> genres;
    for (const std::string& genre : table.genres) genres.push_back(bare(lower_case(genre)));
    for (std::size_t track = 0; track < table.tracks(); ++track) {
        const std::size_t genre = table.labels[track];
        const std::filesystem::path file = table.files[track];
        const std::optional<PieceName> piece = piece_name(file, genres[genre]);
        if (!piece) continue;
        Pieces& pieces = songs[genre][{piece->kind, piece->song}];
        pieces.kind = piece->kind;
        pieces.tracks.push_back(track);
        pieces.numbers.insert(piece->number);
        pieces.ends.insert(piece->end);
        // Without a name of its own the song is its folder.
        const std::string name = piece->song.substr(piece->song.rfind('/') + 1);
        genres_of_name[name.empty() ? piece->song : name].insert(table.genres[genre]);
    }
    std::vector<TrackGroup> groups;
    for (Songs& of_genre : songs) {
        std::erase_if(of_genre, [&](const auto& entry) {
            const std::string& song = entry.first.second;
            const std::string name = song.substr(song.rfind('/') + 1);
            return genres_of_name[name.empty() ? song : name].size() > 1;
        });
        add_songs_in_pieces(of_genre, groups);
    }
    return groups;
}

}  // namespace melvit
