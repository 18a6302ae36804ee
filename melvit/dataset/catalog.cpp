#include "melvit/dataset/catalog.h"

#include "melvit/core/csv.h"
#include "melvit/core/media_kind.h"
#include "melvit/core/text.h"
#include "melvit/core/unicode.h"
#include "melvit/core/user_text.h"
#include "melvit/dataset/file_finder.h"
#include "melvit/dataset/genre_names.h"
#include "melvit/dataset/media_folder.h"
#include "melvit/dataset/names.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;

/// A track before genres have numbers.
struct Found {
    std::string genre;
    Track track;
};

/// What was found and what is to be said of it.
struct Findings {
    std::vector<Found> found;
    std::vector<Skipped> skipped;
    std::vector<std::string> notes;
};

Findings read_folder(const fs::path& data) {
    Findings findings;
    auto& [found, skipped, notes] = findings;
    std::vector<fs::path> others;
    for (const fs::directory_entry& entry : list_folder(data, skipped)) {
        std::error_code ignored;
        if (!entry.is_directory(ignored)) {
            if (media_kind(entry.path()) == MediaKind::other) continue;
            skipped.push_back(
                {utf8_name(entry.path()), "needs to lie in a genre folder, it lies beside them"});
            continue;
        }
        const MediaFiles files = files_below(entry.path(), skipped);
        if (files.media.empty()) skipped.push_back(empty_folder(entry.path()));
        const std::string genre = utf8_name(entry.path().filename());
        for (const fs::path& file : files.media) found.push_back({genre, {.file = file}});
        others.insert(others.end(), files.others.begin(), files.others.end());
    }
    if (!others.empty()) notes.push_back(note_on_others(others));
    return findings;
}

/// Reads the rows of a CSV, one at a time.
class Manifest {
public:
    explicit Manifest(const fs::path& file)
        : file_(file),
          table_(read_csv(file, {"file", "genre"})),
          finder_(file.parent_path()),
          split_(table_.find("split")),
          artist_(table_.find("artist")) {}

    Findings read() {
        Findings findings;
        for (const CsvRow& row : table_.rows) {
            Found item;
            const std::string problem = read_row(row, item);
            if (problem.empty()) {
                findings.found.push_back(std::move(item));
            } else {
                findings.skipped.push_back({fmt::format("{} line {}", utf8_name(file_), row.line), problem});
            }
        }
        if (table_.not_utf8_line > 0) {
            findings.notes.push_back(fmt::format("{} line {} is not UTF-8 and was read as Windows-1252",
                                                 utf8_name(file_), table_.not_utf8_line));
        }
        return findings;
    }

private:
    /// returns  what is wrong with the row; empty when nothing is
    std::string read_row(const CsvRow& row, Found& item) {
        if (std::string problem = row_problem(table_, row); !problem.empty()) return problem;
        const std::string& name = row.cells[*table_.find("file")];
        item.genre = text_of(row.cells[*table_.find("genre")]);
        if (trimmed(name).empty() || item.genre.empty()) return "needs a file and a genre, one is empty";
        if (artist_) item.track.artist = text_of(row.cells[*artist_]);
        if (const std::string part = split_ ? without_outer_blanks(row.cells[*split_]) : ""; !part.empty()) {
            const std::optional<std::string> subset = subset_name(part);
            if (!subset)
                return fmt::format("needs train, validation or test as split, it is \"{}\"", utf8_text(part));
            item.track.split = *subset;
        }
        const FileFinder::Found found = finder_.find(name);
        if (!found.cause.empty()) return found.cause;
        item.track.file = found.file.lexically_normal();
        return file_problem(item.track.file, row.line);
    }

    static std::string text_of(const std::string& cell) {
        return utf8_text(utf8_of_spreadsheet(trimmed(cell)));
    }

    std::string file_problem(const fs::path& file, std::size_t line) {
        const std::string name = utf8_name(file);
        if (media_kind(file) == MediaKind::other) {
            return fmt::format("needs a song or a picture, {} has the ending of neither", name);
        }
        std::error_code error;
        if (!fs::exists(fs::status(file, error)))
            return fmt::format("needs a file that exists, {} does not", name);
        const auto [first, is_new] = lines_.emplace(file, line);
        if (is_new) return {};
        return fmt::format("needs each file once, line {} names {} too", first->second, name);
    }

    fs::path file_;
    CsvTable table_;
    FileFinder finder_;
    std::optional<std::size_t> split_, artist_;
    std::map<fs::path, std::size_t> lines_;
};

void refuse_mixture(const fs::path& data, const std::vector<Found>& found) {
    const auto shows = [](const Found& item) { return is_picture(media_kind(item.track.file)); };
    const auto picture = std::ranges::find_if(found, shows);
    const auto song = std::ranges::find_if_not(found, shows);
    if (picture == found.end() || song == found.end()) return;
    throw Error(
        utf8_name(data), "needs songs or pictures, not both",
        fmt::format("it holds {} and {}", utf8_name(song->track.file), utf8_name(picture->track.file)));
}

Catalog number_genres(const fs::path& data, Findings findings, std::size_t least_genres) {
    std::vector<Found>& found = findings.found;
    std::vector<Skipped>& skipped = findings.skipped;
    const std::string need = fmt::format("needs at least {} with songs or pictures",
                                         least_genres < 2 ? "one genre" : "two genres");
    if (found.empty()) {
        throw Error(utf8_name(data), need,
                    skipped.empty()
                        ? "it holds none"
                        : fmt::format("it holds none; {}: {}", skipped[0].file, skipped[0].reason));
    }
    refuse_mixture(data, found);
    Catalog catalog;
    for (const Found& item : found) catalog.genres.push_back(item.genre);
    std::ranges::sort(catalog.genres);
    catalog.genres.erase(std::unique(catalog.genres.begin(), catalog.genres.end()), catalog.genres.end());
    if (catalog.genres.size() < least_genres) {
        throw Error(utf8_name(data), need, fmt::format("it holds only {}", catalog.genres[0]));
    }
    for (Found& item : found) {
        item.track.genre = static_cast<std::size_t>(std::ranges::lower_bound(catalog.genres, item.genre) -
                                                    catalog.genres.begin());
        catalog.tracks.push_back(std::move(item.track));
    }
    std::ranges::sort(catalog.tracks, [](const Track& a, const Track& b) {
        if (a.genre != b.genre) return a.genre < b.genre;
        return natural_less(a.file.native(), b.file.native());
    });
    catalog.has_pictures = is_picture(media_kind(catalog.tracks[0].file));
    catalog.skipped = std::move(skipped);
    catalog.notes = std::move(findings.notes);
    for (std::string& note : notes_on_alike_genres(catalog.genres)) catalog.notes.push_back(std::move(note));
    return catalog;
}

}  // namespace

Catalog read_catalog(const fs::path& written, std::size_t least_genres) {
    const fs::path data = FileFinder("").find(written.native()).file;
    std::error_code ignored;
    const bool is_folder = fs::is_directory(data, ignored);
    if (!is_folder && media_kind(data) != MediaKind::other) {
        throw Error(utf8_name(data), "needs to be a folder of genre folders or a CSV file",
                    "it has the ending of a single song or picture");
    }
    return number_genres(data, is_folder ? read_folder(data) : Manifest(data).read(), least_genres);
}

}  // namespace melvit
