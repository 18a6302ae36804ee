#pragma once

#include "melvit/core/error.h"
#include "melvit/core/export.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace melvit {

/// A file with a label.
struct Track {
    std::filesystem::path file{};
    std::size_t genre = 0;  ///< index into Catalog::genres
    std::string artist{};   ///< of the CSV's column; empty when unknown
    std::string split{};    ///< of the CSV's split column: "train", "validation", "test" or empty
};

/// The labelled files of a data set, in an order that does not depend on the file system.
struct Catalog {
    std::vector<std::string> genres;  ///< sorted
    std::vector<Track> tracks;        ///< sorted by genre, then file name in natural order
    bool has_pictures = false;        ///< pictures or songs, never both
    std::vector<Skipped> skipped;     ///< what was found and is no track
    std::vector<std::string> notes;   ///< what a person should know, e.g. of genres that differ in case alone

    std::size_t size() const { return tracks.size(); }
};

/// Lists the files of a folder of genre folders, or of a CSV with the columns file,genre[,split][,artist] in
/// any order (csv.h; paths relative to the CSV's folder, see file_finder.h). Files are told by their endings
/// (core/media_kind.h); other types are passed over with a note, hidden files, macOS "._*" and __MACOSX among
/// them, without a word. Genres that people take for one are two, with a note.
///
/// Folders below a genre folder belong to that genre; links to files are followed, links to folders only
/// where they stand for a genre folder, so that no loop is walked. Two files of one stem (song.mp3 and
/// song.wav) are two tracks, which a split keeps in one subset (split.h). A file that is listed but cannot be
/// read (a FIFO, a broken link) is a track too: reading it says what is wrong.
///
/// Skipped are genre folders without a track, folders that cannot be read, links to folders, songs and
/// pictures beside the genre folders; CSV rows with their line where a cell is missing, a split is no subset,
/// or the file does not exist, has another ending, or was listed before.
///
/// least_genres  1 to measure a model with, 2 to train one
/// throws        Error when nothing is found, pictures and songs are mixed, or there are fewer genres
MELVIT_API Catalog read_catalog(const std::filesystem::path& data, std::size_t least_genres = 2);

}  // namespace melvit
